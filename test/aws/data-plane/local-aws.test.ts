import assert from 'node:assert/strict';
import { get } from 'node:http';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { localAwsFor } from '../support/local-aws.ts';

const template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: 'exports.handler = async (event) => ({ statusCode: 200, body: event.path });' },
      },
    },
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: {
        Name: 'whole',
        Body: {
          openapi: '3.0.1',
          info: { title: 'whole', version: '1' },
          paths: {
            '/{proxy+}': {
              get: {
                'x-amazon-apigateway-integration': {
                  type: 'aws_proxy',
                  httpMethod: 'POST',
                  uri: {
                    'Fn::Sub': 'arn:aws:apigateway:$'.concat(
                      '{AWS::Region}:lambda:path/2015-03-31/functions/$',
                      '{Function.Arn}/invocations',
                    ),
                  },
                },
              },
            },
          },
        },
      },
    },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, StageName: 'live', DeploymentId: { Ref: 'Deployment' } },
    },
    Site: { Type: 'AWS::Amplify::App', Properties: { Name: 'site' } },
    Branch: {
      Type: 'AWS::Amplify::Branch',
      Properties: { AppId: { 'Fn::GetAtt': ['Site', 'AppId'] }, BranchName: 'main' },
    },
  },
  Outputs: {
    Api: { Value: { Ref: 'Api' } },
    App: { Value: { 'Fn::GetAtt': ['Site', 'AppId'] } },
    Function: { Value: { Ref: 'Function' } },
  },
};

describe('a stack on the local AWS', () => {
  let local: LocalAws;
  let cloudFormation: CloudFormationClient;
  before(async function () {
    local = await localAwsFor(this);
    cloudFormation = new CloudFormationClient({
      endpoint: local.url,
      region: 'us-west-2',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  });
  after(async () => {
    cloudFormation?.destroy();
    await local?.stop();
  });

  it('answers over HTTP until it is deleted', async () => {
    await cloudFormation.send(
      new CreateStackCommand({
        StackName: 'whole',
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    await waitUntilStackCreateComplete(
      { client: cloudFormation, maxWaitTime: 15, minDelay: 0.1, maxDelay: 0.2 },
      { StackName: 'whole' },
    );
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'whole' }));
    const outputs = Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const answer = await fetch(`${local.url}/_api/${outputs.Api}/live/any/path`);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), '/any/path');

    // A site on a host of its own has neither the control of the local AWS nor the APIs on it.
    for (const path of ['/_local/health', `/_api/${outputs.Api}/live/x`, '/']) {
      const status = await new Promise((resolve, reject) => {
        get(`${local.url}${path}`, { headers: { host: `main.${outputs.App}.localhost` } }, (given) => {
          given.resume();
          resolve(given.statusCode);
        }).on('error', reject);
      });
      assert.equal(status, 404, path);
    }

    await cloudFormation.send(new DeleteStackCommand({ StackName: 'whole' }));
    await waitUntilStackDeleteComplete(
      { client: cloudFormation, maxWaitTime: 15, minDelay: 0.1, maxDelay: 0.2 },
      { StackName: 'whole' },
    );
    assert.equal((await fetch(`${local.url}/_api/${outputs.Api}/live/any/path`)).status, 403);
  });
});
