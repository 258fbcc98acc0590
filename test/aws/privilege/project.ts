import assert from 'node:assert/strict';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { Lambda } from '@aws-sdk/client-lambda';
import { type BucketLocationConstraint, S3 } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { resolveParameters } from '../../../src/deployment/parameters.ts';
import { compile } from '../../../src/stacks/compile.ts';
import { tableParameter } from '../../../src/stacks/dynamodb.ts';
import { modelOf } from '../../../src/stacks/entity-model.ts';
import { deploymentOrder } from '../../../src/stacks/graph.ts';
import { indexesOf, type TableIndex } from '../../../src/stacks/indexes.ts';
import type { EntityModel } from '../../../src/stacks/model.ts';
import { scopeOf } from '../../../src/stacks/scope.ts';
import type { Artifact, Layer, Stack } from '../../../src/stacks/stack.ts';
import { buildArtifact, type CodeParts, codeVersions } from '../../../src/workspace/code.ts';

export const account = '123456789012';
export const anybody = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Layers that functions need; the others hold none of their rights. */
const needed: readonly Layer[] = ['cognito', 'dynamodb', 's3', 'sqs', 'lambda'];
const artifactBucket = 'artifacts';

/** What is in an event that the user's functions fail at. */
export const failing = 'fail-as-told';
/**
 * The code of a function of the user's: it is the role that is looked at, and what stands around the code. Answers with
 * the text in the parameter `answer`.
 */
const plainHandler = (name: string) => `// ${name}
export const handler = async (event) => {
  if (JSON.stringify(event).includes(${JSON.stringify(failing)})) throw new Error('as told');
  return { statusCode: 200, body: event.queryStringParameters?.answer ?? '{}' };
};`;

/** One function as it was deployed, and where it comes from in the Blueprint. */
export interface ProjectFunction {
  name: string;
  /** `index.create` */
  handler: string;
  roleArn: string;
  environment: Readonly<Record<string, string>>;
  source: Artifact['source'];
}

/** A Blueprint that was deployed without its API: its functions are called one by one. */
export interface Project {
  label: string;
  endpoint: string;
  region: string;
  blueprint: Blueprint;
  functions: readonly ProjectFunction[];
  /** Of every entity, whether it has routes or not. */
  models: ReadonlyMap<string, EntityModel>;
  /** All indexes of an entity's table, the added ones too. */
  indexes: ReadonlyMap<string, readonly TableIndex[]>;
  /** Name of each entity's table. */
  tables: Readonly<Record<string, string>>;
  outputs: ReadonlyMap<Layer, Readonly<Record<string, string>>>;
}

/** What to deploy. */
export interface ProjectSource {
  label: string;
  /** The Blueprint's text. */
  text: string;
  /** Where the runtime was built. */
  runtimeDirectory: string;
}

export async function deployProject(endpoint: string, source: ProjectSource): Promise<Project> {
  const { label, runtimeDirectory } = source;
  const { blueprint, problems } = parseBlueprint(source.text);
  assert.ok(blueprint, `${label}: ${JSON.stringify(problems)}`);
  const functions: CodeParts['functions'] = {
    read: async ({ name }) => ({ kind: 'code', text: plainHandler(name) }),
  };
  const parts: CodeParts = { directory: '', blueprint, runtimeDirectory, functions };
  const { versions, problems: unread } = await codeVersions(parts);
  assert.deepEqual(unread, [], label);
  const options = { environment: 'local', code: versions };
  const { stacks, problems: uncompiled } = compile(blueprint, options);
  assert.deepEqual(uncompiled, [], label);
  const scope = scopeOf(blueprint, options.environment, versions);
  assert.ok(scope);

  const { region } = blueprint;
  const clients = { endpoint, region, credentials: anybody };
  const [cloudFormation, s3, lambda] = [new CloudFormation(clients), new S3(clients), new Lambda(clients)];
  try {
    await makeBucket(s3, region);
    const outputs = new Map<Layer, Record<string, string>>();
    const wanted = deploymentOrder(stacks).filter(({ layer }) => needed.includes(layer));
    for (const stack of wanted) {
      for (const artifact of stack.artifacts) {
        const built = await buildArtifact(artifact, parts);
        assert.equal(built.status, 'built', JSON.stringify(built));
        if (built.status === 'built')
          await s3.putObject({ Bucket: bucketIn(region), Key: artifact.key, Body: built.bytes });
      }
      // Larger than what a request may hold.
      await s3.putObject({ Bucket: bucketIn(region), Key: `${stack.name}.json`, Body: stack.body });
      const templateUrl = `${endpoint}/${bucketIn(region)}/${stack.name}.json`;
      outputs.set(stack.layer, await create(cloudFormation, stack, templateUrl, outputs, region));
    }
    const deployed = await functionsOf(lambda, wanted);
    return {
      label,
      endpoint,
      region,
      blueprint,
      functions: deployed,
      models: new Map(blueprint.entities.map((entity) => [entity.name, modelOf(scope, entity)])),
      indexes: new Map(blueprint.entities.map((entity) => [entity.name, indexesOf(scope, entity)])),
      tables: Object.fromEntries(
        blueprint.entities.map((entity) => [entity.name, outputs.get('dynamodb')?.[tableParameter(entity)] ?? '']),
      ),
      outputs,
    };
  } finally {
    for (const client of [cloudFormation, s3, lambda]) client.destroy();
  }
}

function bucketIn(region: string): string {
  return `${artifactBucket}-${region}`;
}

async function makeBucket(s3: S3, region: string): Promise<void> {
  const LocationConstraint: BucketLocationConstraint = region === 'us-west-2' ? region : 'us-east-2';
  const CreateBucketConfiguration = { LocationConstraint };
  await s3.createBucket({ Bucket: bucketIn(region), CreateBucketConfiguration }).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'BucketAlreadyOwnedByYou')) throw error;
  });
}

async function create(
  cloudFormation: CloudFormation,
  stack: Stack,
  templateUrl: string,
  outputs: ReadonlyMap<Layer, Record<string, string>>,
  region: string,
): Promise<Record<string, string>> {
  const account = { settings: new Map(), live: {} };
  const resolved = resolveParameters(stack, { ...account, outputs, bucket: bucketIn(region) });
  assert.equal(resolved.status, 'resolved', JSON.stringify(resolved));
  if (resolved.status !== 'resolved') throw new Error('unreachable');
  await cloudFormation.createStack({
    StackName: stack.name,
    TemplateURL: templateUrl,
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    Parameters: Object.entries(resolved.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  });
  for (;;) {
    const { Stacks: [made] = [] } = await cloudFormation.describeStacks({ StackName: stack.name });
    if (made?.StackStatus === 'CREATE_COMPLETE')
      return Object.fromEntries(
        (made.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue ?? '']),
      );
    assert.equal(made?.StackStatus, 'CREATE_IN_PROGRESS', `${stack.name}: ${made?.StackStatusReason}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function functionsOf(lambda: Lambda, stacks: readonly Stack[]): Promise<ProjectFunction[]> {
  const artifacts = new Map(stacks.flatMap((stack) => stack.artifacts).map(({ key, source }) => [key, source]));
  const resources = stacks.flatMap(({ template }) => Object.values(template.Resources));
  const limit = pLimit(4);
  return Promise.all(
    resources
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) =>
        limit(async () => {
          const FunctionName = String(Properties.FunctionName);
          const made = await lambda.getFunctionConfiguration({ FunctionName });
          const key = Object.entries(Properties.Code ?? {}).find(([name]) => name === 'S3Key')?.[1];
          const source = artifacts.get(String(key));
          assert.ok(source, `${FunctionName} has no artifact`);
          return {
            name: FunctionName,
            handler: made.Handler ?? '',
            roleArn: made.Role ?? '',
            environment: made.Environment?.Variables ?? {},
            source,
          };
        }),
      ),
  );
}
