import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onPath } from '../../../scripts/setup/step.mjs';
import { execute } from '../measure.ts';
import { functions, methodOf, type Peer, peerEnvironment, region, tableOf, tables } from './app.ts';

/** osls, the maintained Serverless Framework 3: `osls package` is the nearest it has to a preview. */
export const osls: Peer = {
  name: 'osls',
  missing: async () => (onPath('osls') ? undefined : 'osls is not on PATH'),
  async prepare(folder) {
    await writeFile(path.join(folder, 'serverless.yml'), JSON.stringify(configuration(), null, 2));
  },
  async preview(folder, endpoint) {
    await execute('osls', ['package'], { cwd: folder, env: peerEnvironment(endpoint) });
  },
  async deploy(folder, endpoint) {
    await execute('osls', ['deploy'], { cwd: folder, env: peerEnvironment(endpoint) });
  },
};

function configuration(): object {
  const authorizer = { type: 'COGNITO_USER_POOLS', authorizerId: { Ref: 'Authorizer' } };
  return {
    service: 'bench',
    frameworkVersion: '*',
    provider: { name: 'aws', runtime: 'nodejs22.x', region, stage: 'dev' },
    package: { individually: true, patterns: ['!**'] },
    functions: Object.fromEntries(
      functions.map((id) => [
        `fn${id}`,
        {
          handler: `src/fn${id}/index.handler`,
          environment: { TABLE: { Ref: `Table${tableOf(id)}` } },
          package: { patterns: [`src/fn${id}/**`] },
          events: [{ http: { path: `r${id}`, method: methodOf(id).toLowerCase(), authorizer } }],
        },
      ]),
    ),
    resources: {
      Resources: {
        Pool: { Type: 'AWS::Cognito::UserPool', Properties: { UsernameAttributes: ['email'] } },
        Client: {
          Type: 'AWS::Cognito::UserPoolClient',
          Properties: { UserPoolId: { Ref: 'Pool' }, ClientName: 'web' },
        },
        Authorizer: {
          Type: 'AWS::ApiGateway::Authorizer',
          Properties: {
            Name: 'pool',
            Type: 'COGNITO_USER_POOLS',
            RestApiId: { Ref: 'ApiGatewayRestApi' },
            IdentitySource: 'method.request.header.Authorization',
            ProviderARNs: [{ 'Fn::GetAtt': ['Pool', 'Arn'] }],
          },
        },
        ...Object.fromEntries(
          tables.map((id) => [
            `Table${id}`,
            {
              Type: 'AWS::DynamoDB::Table',
              Properties: {
                BillingMode: 'PAY_PER_REQUEST',
                AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
                KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
              },
            },
          ]),
        ),
      },
    },
  };
}
