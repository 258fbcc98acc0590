import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { zipSync } from 'fflate';
import { onPath } from '../../../scripts/setup/step.mjs';
import { execute } from '../measure.ts';
import { functions, methodOf, type Peer, peerEnvironment, region, tableOf, tables } from './app.ts';

/**
 * `terraform plan` and `apply`. The provider comes from the folder that TERRAFORM_PLUGINS names, a filesystem mirror, or
 * from wherever this machine's Terraform is set up to look.
 */
export const terraform: Peer = {
  name: 'terraform',
  missing: async () => (onPath('terraform') ? undefined : 'terraform is not on PATH'),
  async prepare(folder, endpoint) {
    await writeFile(path.join(folder, 'main.tf.json'), JSON.stringify(configuration()));
    await zip(folder);
    const mirror = process.env.TERRAFORM_PLUGINS;
    const args = ['init', '-no-color', '-input=false', ...(mirror ? [`-plugin-dir=${mirror}`] : [])];
    await execute('terraform', args, { cwd: folder, env: terraformEnvironment(endpoint) });
  },
  async preview(folder, endpoint) {
    await zip(folder);
    await execute('terraform', ['plan', '-no-color', '-input=false'], {
      cwd: folder,
      env: terraformEnvironment(endpoint),
    });
  },
  async deploy(folder, endpoint) {
    await zip(folder);
    const args = ['apply', '-no-color', '-input=false', '-auto-approve'];
    await execute('terraform', args, { cwd: folder, env: terraformEnvironment(endpoint) });
  },
};

/** A configuration file that is named and not there would make Terraform refuse everything. */
function terraformEnvironment(endpoint: string): NodeJS.ProcessEnv {
  const named = process.env.TF_CLI_CONFIG_FILE;
  const environment = peerEnvironment(endpoint);
  return named && !existsSync(named) ? { ...environment, TF_CLI_CONFIG_FILE: '' } : environment;
}

/** Terraform does not pack code, so that is part of what its user does. */
async function zip(folder: string): Promise<void> {
  for (const id of functions) {
    const code = await readFile(path.join(folder, 'src', `fn${id}`, 'index.js'));
    await writeFile(path.join(folder, `fn${id}.zip`), zipSync({ 'index.js': code }, { mtime: new Date(1980, 0, 1) }));
  }
}

function configuration(): object {
  const policy = (statement: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  const byFunction = (make: (id: string) => object): Record<string, object> =>
    Object.fromEntries(functions.map((id) => [`f${id}`, make(id)]));
  const api = `\${aws_api_gateway_rest_api.api.id}`;
  return {
    terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
    provider: { aws: { region, s3_use_path_style: true, skip_metadata_api_check: true } },
    resource: {
      aws_cognito_user_pool: { pool: { name: 'bench', username_attributes: ['email'] } },
      aws_cognito_user_pool_client: { client: { name: 'web', user_pool_id: `\${aws_cognito_user_pool.pool.id}` } },
      aws_dynamodb_table: Object.fromEntries(
        tables.map((id) => [
          `t${id}`,
          {
            name: `bench-${id}`,
            billing_mode: 'PAY_PER_REQUEST',
            hash_key: 'id',
            attribute: [{ name: 'id', type: 'S' }],
          },
        ]),
      ),
      aws_iam_role: byFunction((id) => ({
        name: `bench-${id}`,
        assume_role_policy: policy({ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }),
      })),
      aws_iam_role_policy: byFunction((id) => ({
        role: `\${aws_iam_role.f${id}.id}`,
        policy: policy({ Action: 'dynamodb:GetItem', Resource: `\${aws_dynamodb_table.t${tableOf(id)}.arn}` }),
      })),
      aws_lambda_function: byFunction((id) => ({
        function_name: `bench-${id}`,
        role: `\${aws_iam_role.f${id}.arn}`,
        runtime: 'nodejs22.x',
        handler: 'index.handler',
        filename: `fn${id}.zip`,
        source_code_hash: `\${filebase64sha256("fn${id}.zip")}`,
        environment: { variables: { TABLE: `\${aws_dynamodb_table.t${tableOf(id)}.name}` } },
      })),
      aws_lambda_permission: byFunction((id) => ({
        function_name: `\${aws_lambda_function.f${id}.function_name}`,
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        statement_id: 'api',
      })),
      aws_api_gateway_rest_api: { api: { name: 'bench' } },
      aws_api_gateway_authorizer: {
        pool: {
          name: 'pool',
          rest_api_id: api,
          type: 'COGNITO_USER_POOLS',
          provider_arns: [`\${aws_cognito_user_pool.pool.arn}`],
        },
      },
      aws_api_gateway_resource: byFunction((id) => ({
        rest_api_id: api,
        parent_id: `\${aws_api_gateway_rest_api.api.root_resource_id}`,
        path_part: `r${id}`,
      })),
      aws_api_gateway_method: byFunction((id) => ({
        rest_api_id: api,
        resource_id: `\${aws_api_gateway_resource.f${id}.id}`,
        http_method: methodOf(id),
        authorization: 'COGNITO_USER_POOLS',
        authorizer_id: `\${aws_api_gateway_authorizer.pool.id}`,
      })),
      aws_api_gateway_integration: byFunction((id) => ({
        rest_api_id: api,
        resource_id: `\${aws_api_gateway_resource.f${id}.id}`,
        http_method: `\${aws_api_gateway_method.f${id}.http_method}`,
        type: 'AWS_PROXY',
        integration_http_method: 'POST',
        uri: `\${aws_lambda_function.f${id}.invoke_arn}`,
      })),
      aws_api_gateway_deployment: {
        deployment: {
          rest_api_id: api,
          depends_on: functions.map((id) => `aws_api_gateway_integration.f${id}`),
        },
      },
      aws_api_gateway_stage: {
        stage: {
          rest_api_id: api,
          deployment_id: `\${aws_api_gateway_deployment.deployment.id}`,
          stage_name: 'dev',
        },
      },
    },
  };
}
