import { existsSync, realpathSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onPath } from '../../../scripts/setup/step.mjs';
import { execute } from '../measure.ts';
import { account, functions, methodOf, type Peer, peerEnvironment, region, tableOf, tables } from './app.ts';

/** `cdk diff` and `deploy`, where cdk is on PATH with aws-cdk-lib and constructs installed beside it. */
export const cdk: Peer = {
  name: 'cdk',
  missing: async () => {
    if (!onPath('cdk')) return 'cdk is not on PATH';
    return library() ? undefined : 'aws-cdk-lib is not installed beside cdk';
  },
  async prepare(folder, endpoint) {
    const modules = library();
    if (modules) await symlink(modules, path.join(folder, 'node_modules'));
    await writeFile(path.join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.js' }));
    await writeFile(path.join(folder, 'app.js'), app);
    const bucket = `s3://cdk-hnb659fds-assets-${account}-${region}`;
    await execute('aws', ['s3', 'mb', bucket], { env: peerEnvironment(endpoint) });
  },
  async preview(folder, endpoint) {
    await execute('cdk', ['diff'], { cwd: folder, env: environment(endpoint) });
  },
  async deploy(folder, endpoint) {
    await execute('cdk', ['deploy', '--require-approval', 'never'], { cwd: folder, env: environment(endpoint) });
  },
};

/** cdk addresses buckets as a part of the host's name, which an address of numbers cannot carry. */
function environment(endpoint: string): NodeJS.ProcessEnv {
  return peerEnvironment(endpoint.replace('127.0.0.1', 'localhost'));
}

/** The node_modules that cdk itself comes from. */
function library(): string | undefined {
  const program = onPath('cdk');
  if (!program) return undefined;
  const modules = /^.*?node_modules(?=[/\\])/.exec(realpathSync(program))?.[0];
  return modules && existsSync(path.join(modules, 'aws-cdk-lib')) ? modules : undefined;
}

const app = `
const { App, CliCredentialsStackSynthesizer, Stack } = require('aws-cdk-lib');
const api = require('aws-cdk-lib/aws-apigateway');
const cognito = require('aws-cdk-lib/aws-cognito');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const lambda = require('aws-cdk-lib/aws-lambda');
const stack = new Stack(new App(), 'Bench', {
  env: { account: '${account}', region: '${region}' },
  synthesizer: new CliCredentialsStackSynthesizer(),
});
const pool = new cognito.UserPool(stack, 'Pool', { signInAliases: { email: true } });
pool.addClient('Web');
const tables = {};
for (const id of ${JSON.stringify(tables)}) {
  tables[id] = new dynamodb.Table(stack, 'Table' + id, {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  });
}
const rest = new api.RestApi(stack, 'Api', { deployOptions: { stageName: 'dev' }, cloudWatchRole: false });
const authorizer = new api.CognitoUserPoolsAuthorizer(stack, 'Authorizer', { cognitoUserPools: [pool] });
for (const [id, method, table] of ${JSON.stringify(functions.map((id) => [id, methodOf(id), tableOf(id)]))}) {
  const handler = new lambda.Function(stack, 'Function' + id, {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset('src/fn' + id),
    environment: { TABLE: tables[table].tableName },
  });
  tables[table].grantReadData(handler);
  rest.root.addResource('r' + id).addMethod(method, new api.LambdaIntegration(handler), { authorizer });
}
`;
