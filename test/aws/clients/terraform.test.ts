import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { environmentOf, onPath, region, run } from '../cloudformation/local-aws.ts';
import { localAwsFor } from '../support/local-aws.ts';
import { skipFor } from '../support/moto.ts';

/** Terraform's provider, where this machine has a copy of it: nothing is downloaded for a test. */
const mirror = '/opt/tf-plugins';

const services = ['cloudformation', 'dynamodb', 'iam', 'lambda', 's3', 'sqs', 'sts'];

const configuration = (address: string) => `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "${region}"
  access_key = "test"
  secret_key = "test"
  skip_credentials_validation = true
  skip_metadata_api_check = true
  s3_use_path_style = true
  endpoints {
${services.map((service) => `    ${service} = "${address}"`).join('\n')}
  }
}
resource "aws_cloudformation_stack" "app" {
  name = "terraform"
  template_body = file("\${path.module}/app.json")
  parameters = { Stage = "prod" }
}
resource "aws_dynamodb_table" "notes" {
  name = "notes"
  billing_mode = "PAY_PER_REQUEST"
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery { enabled = true }
}
resource "aws_sqs_queue" "letters" {
  name = "letters"
  visibility_timeout_seconds = 60
}
resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_lambda_function" "greet" {
  function_name = "greet"
  role = aws_iam_role.reader.arn
  runtime = "nodejs22.x"
  handler = "index.handler"
  filename = "code.zip"
  source_code_hash = filebase64sha256("code.zip")
  environment { variables = { TABLE = aws_dynamodb_table.notes.name } }
}
output "name" { value = aws_cloudformation_stack.app.outputs["Name"] }
`;

const stack = (seconds: number) =>
  JSON.stringify({
    Parameters: { Stage: { Type: 'String' } },
    Resources: {
      Queue: {
        Type: 'AWS::SQS::Queue',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
        Properties: { QueueName: { 'Fn::Sub': '${AWS::StackName}-${Stage}' }, VisibilityTimeout: seconds },
      },
    },
    Outputs: { Name: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } } },
  });

describe('Local AWS with Terraform', function () {
  // Each command starts a provider of several hundred megabytes.
  this.timeout(240_000);
  let local: LocalAws;
  let directory: string;

  before(async function () {
    if (!onPath('terraform') || !existsSync(mirror)) skipFor(this, 'no Terraform with a provider mirror');
    local = await localAwsFor(this);
    directory = await mkdtemp(join(tmpdir(), 'terraform-'));
  });
  after(async () => {
    await local?.stop();
    if (directory) await rm(directory, { recursive: true });
  });

  it('makes a stack and plain services, finds no difference in what it made, and the function answers', async function () {
    const place = `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`;
    await writeFile(join(directory, 'rc'), place);
    await writeFile(join(directory, 'main.tf'), configuration(local.url));
    await writeFile(join(directory, 'app.json'), stack(30));
    const code = 'export const handler = async ({ name }) => ["Hello", name, "from", process.env.TABLE].join(" ");';
    await writeFile(join(directory, 'code.zip'), zipSync({ 'index.mjs': strToU8(code) }));
    const env = {
      ...environmentOf(local.url),
      TF_CLI_CONFIG_FILE: join(directory, 'rc'),
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
    };
    const terraform = (...args: string[]) => run('terraform', args, { env, cwd: directory });
    await terraform('init', '-no-color');
    const applied = await terraform('apply', '-auto-approve', '-no-color');
    assert.match(applied, /5 added, 0 changed, 0 destroyed/);
    assert.match(applied, /name = "terraform-prod"/);

    // One difference is made, in the stack. Any other that the plan found would be counted with it.
    await writeFile(join(directory, 'app.json'), stack(50));
    assert.match(await terraform('apply', '-auto-approve', '-no-color'), /0 added, 1 changed, 0 destroyed/);

    if (!onPath('aws')) skipFor(this, 'no aws CLI');
    const answer = join(directory, 'answer.json');
    // Read as it is by both versions of the CLI.
    await writeFile(join(directory, 'payload.json'), '{"name":"Ada"}');
    const payload = `fileb://${join(directory, 'payload.json')}`;
    await run('aws', ['lambda', 'invoke', '--function-name', 'greet', '--payload', payload, answer], { env });
    assert.equal(await readFile(answer, 'utf8'), '"Hello Ada from notes"');
  });
});
