import { CreateRoleCommand, IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';

export const region = 'us-east-2';
export const account = '123456789012';
export const anybody = { accessKeyId: 'test', secretAccessKey: 'test' };

const Environment = z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() });
export type Credentials = z.infer<typeof Environment>;

/** A function that was deployed with the Lambda API, and the role that it runs as. */
export interface FunctionWithRole {
  name: string;
  roleName: string;
  /** What the function finds in its environment. */
  credentials: Credentials;
  iam: IAM;
  /** Replaces the role's one policy. */
  allow(...statements: object[]): Promise<void>;
  invoke(payload?: unknown): Promise<unknown>;
  close(): void;
}

const code = `export const handler = async (event) => {
  console.log('said by the function');
  return {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  };
};`;

export async function functionWithRole(endpoint: string, name: string): Promise<FunctionWithRole> {
  const iam = new IAM({ endpoint, region, credentials: anybody });
  const lambda = new Lambda({ endpoint, region, credentials: anybody });
  const roleName = `${name}-role`;
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const made = await iam.send(
    new CreateRoleCommand({ RoleName: roleName, Path: '/some/path/', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await lambda.createFunction({
    FunctionName: name,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: made.Role?.Arn,
    Code: { ZipFile: zipSync({ 'index.mjs': strToU8(code) }) },
  });
  const invoke = async (payload: unknown = {}): Promise<unknown> => {
    const { Payload } = await lambda.invoke({ FunctionName: name, Payload: strToU8(JSON.stringify(payload)) });
    return JSON.parse(Payload?.transformToString() ?? 'null');
  };
  return {
    name,
    roleName,
    iam,
    credentials: Environment.parse(await invoke()),
    allow: async (...Statement) => {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam.putRolePolicy({ RoleName: roleName, PolicyName: 'all', PolicyDocument });
    },
    invoke,
    close() {
      iam.destroy();
      lambda.destroy();
    },
  };
}

export function allow(actions: string | string[], resources: string | string[], condition?: object): object {
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}
