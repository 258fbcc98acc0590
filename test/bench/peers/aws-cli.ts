import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onPath } from '../../../scripts/setup/step.mjs';
import { execute } from '../measure.ts';
import { functions, methodOf, type Peer, peerEnvironment, tableOf, tables } from './app.ts';

const bucket = 'bench-code';

/** `aws cloudformation package` and `deploy`: the preview is the change set that is made and not executed. */
export const awsCli: Peer = {
  name: 'aws cloudformation',
  missing: async () => (onPath('aws') ? undefined : 'aws is not on PATH'),
  async prepare(folder, endpoint) {
    await writeFile(path.join(folder, 'template.json'), JSON.stringify(cloudFormationTemplate()));
    await aws(folder, endpoint, ['s3', 'mb', `s3://${bucket}`]);
  },
  async preview(folder, endpoint) {
    await cloudFormation(folder, endpoint, ['--no-execute-changeset']);
  },
  async deploy(folder, endpoint) {
    await cloudFormation(folder, endpoint, []);
  },
};

async function cloudFormation(folder: string, endpoint: string, options: string[]): Promise<void> {
  const files = ['--template-file', 'template.json', '--output-template-file', 'packaged.json', '--use-json'];
  await aws(folder, endpoint, ['cloudformation', 'package', '--s3-bucket', bucket, ...files]);
  const stack = ['--stack-name', 'bench', '--template-file', 'packaged.json', '--s3-bucket', bucket];
  const rest = ['--capabilities', 'CAPABILITY_IAM', '--no-fail-on-empty-changeset'];
  await aws(folder, endpoint, ['cloudformation', 'deploy', ...stack, ...rest, ...options]);
}

async function aws(folder: string, endpoint: string, args: string[]): Promise<void> {
  await execute('aws', args, { cwd: folder, env: peerEnvironment(endpoint) });
}

/** The app as a template whose code is still in folders. */
export function cloudFormationTemplate(): object {
  const ref = (id: string): object => ({ Ref: id });
  const attribute = (id: string, name: string): object => ({ 'Fn::GetAtt': [id, name] });
  const resources: Record<string, object> = {
    Pool: { Type: 'AWS::Cognito::UserPool', Properties: { UsernameAttributes: ['email'] } },
    Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: ref('Pool'), ClientName: 'web' } },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'bench' } },
    Authorizer: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        Name: 'pool',
        Type: 'COGNITO_USER_POOLS',
        RestApiId: ref('Api'),
        IdentitySource: 'method.request.header.Authorization',
        ProviderARNs: [attribute('Pool', 'Arn')],
      },
    },
  };
  for (const id of tables) {
    resources[`Table${id}`] = {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    };
  }
  for (const id of functions) {
    const table = `Table${tableOf(id)}`;
    resources[`Role${id}`] = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: policy('sts:AssumeRole', { Principal: { Service: 'lambda.amazonaws.com' } }),
        Policies: [
          { PolicyName: 'table', PolicyDocument: policy('dynamodb:GetItem', { Resource: attribute(table, 'Arn') }) },
        ],
      },
    };
    resources[`Function${id}`] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: attribute(`Role${id}`, 'Arn'),
        Code: `src/fn${id}`,
        Environment: { Variables: { TABLE: ref(table) } },
      },
    };
    resources[`Permission${id}`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: ref(`Function${id}`),
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      },
    };
    resources[`Route${id}`] = {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: ref('Api'), ParentId: attribute('Api', 'RootResourceId'), PathPart: `r${id}` },
    };
    const invocation = `functions/\${Function${id}.Arn}/invocations`;
    resources[`Method${id}`] = {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: ref('Api'),
        ResourceId: ref(`Route${id}`),
        HttpMethod: methodOf(id),
        AuthorizationType: 'COGNITO_USER_POOLS',
        AuthorizerId: ref('Authorizer'),
        Integration: {
          Type: 'AWS_PROXY',
          IntegrationHttpMethod: 'POST',
          Uri: {
            'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/${invocation}`,
          },
        },
      },
    };
  }
  resources.Deployment = {
    Type: 'AWS::ApiGateway::Deployment',
    DependsOn: functions.map((id) => `Method${id}`),
    Properties: { RestApiId: ref('Api') },
  };
  resources.Stage = {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { RestApiId: ref('Api'), DeploymentId: ref('Deployment'), StageName: 'dev' },
  };
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: resources };
}

function policy(action: string, rest: object): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, ...rest }] };
}
