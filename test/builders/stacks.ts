import type { Layer, ParameterSource, Stack } from '../../src/stacks/stack.ts';
import type { Template, TemplateResource } from '../../src/stacks/template.ts';

interface StackWish {
  layer: Layer;
  /** Logical id → type. */
  resources?: Record<string, string>;
  /** Properties by logical id. */
  properties?: Record<string, TemplateResource['Properties']>;
  dependsOn?: Layer[];
  parameters?: Record<string, ParameterSource>;
  /** Output → logical id or parameter that it refers to. */
  outputs?: Record<string, string>;
  artifacts?: string[];
}

/** A compiled stack of the project `shop`, environment `dev`. */
export function stackOf({ layer, resources = { Thing: 'AWS::Logs::LogGroup' }, ...wish }: StackWish): Stack {
  const template: Template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: layer,
    Resources: Object.fromEntries(
      Object.entries(resources).map(([id, Type]) => [id, { Type, Properties: wish.properties?.[id] ?? {} }]),
    ),
    Outputs: Object.fromEntries(Object.entries(wish.outputs ?? {}).map(([key, Ref]) => [key, { Value: { Ref } }])),
  };
  return {
    layer,
    name: `backdrift-shop-dev-${layer}`,
    template,
    body: JSON.stringify(template),
    parameters: wish.parameters ?? {},
    dependsOn: wish.dependsOn ?? [],
    artifacts: (wish.artifacts ?? []).map((key) => ({ key, source: { kind: 'runtime', model: '{}' } })),
  };
}

/** The page's app: five stacks, one artifact, a frontend. */
export function fiveStacks(): Stack[] {
  const pool: ParameterSource = { from: 'output', layer: 'cognito', output: 'UserPoolId' };
  return [
    stackOf({
      layer: 'cognito',
      resources: { Pool: 'AWS::Cognito::UserPool', Client: 'AWS::Cognito::UserPoolClient' },
      outputs: { UserPoolId: 'Pool', UserPoolClientId: 'Client' },
    }),
    stackOf({ layer: 'dynamodb', resources: { Tasks: 'AWS::DynamoDB::Table' }, outputs: { TasksTable: 'Tasks' } }),
    stackOf({
      layer: 'lambda',
      resources: {
        Create: 'AWS::Lambda::Function',
        List: 'AWS::Lambda::Function',
        CreateRole: 'AWS::IAM::Role',
        ListRole: 'AWS::IAM::Role',
        Logs: 'AWS::Logs::LogGroup',
      },
      properties: {
        Create: { Code: { S3Bucket: { Ref: 'Bucket' }, S3Key: 'artifacts/a.zip' }, Table: { Ref: 'Table' } },
        List: { Code: { S3Bucket: { Ref: 'Bucket' }, S3Key: 'artifacts/b.zip' }, Table: { Ref: 'Table' } },
      },
      dependsOn: ['cognito', 'dynamodb'],
      parameters: {
        Bucket: { from: 'artifact-bucket' },
        Table: { from: 'output', layer: 'dynamodb', output: 'TasksTable' },
        Pool: pool,
      },
      outputs: { CreateArn: 'Create' },
      artifacts: ['artifacts/a.zip', 'artifacts/b.zip'],
    }),
    stackOf({
      layer: 'api',
      resources: { Api: 'AWS::ApiGateway::RestApi', Stage: 'AWS::ApiGateway::Stage' },
      dependsOn: ['lambda'],
      parameters: { Create: { from: 'output', layer: 'lambda', output: 'CreateArn' } },
      outputs: { RestApiId: 'Api', StageName: 'Stage', ApiUrl: 'Api' },
    }),
    stackOf({
      layer: 'amplify',
      resources: { App: 'AWS::Amplify::App', Branch: 'AWS::Amplify::Branch' },
      outputs: { AppId: 'App', BranchName: 'Branch' },
    }),
  ];
}
