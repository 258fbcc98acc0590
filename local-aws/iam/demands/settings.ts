import * as z from 'zod';
import type { AwsCall } from '../aws-call.ts';
import { arnOf, type Demands, demand, unknownAction } from './demand.ts';

const Parameter = z.looseObject({
  Name: z.string().optional(),
  Names: z.array(z.string()).optional(),
  Path: z.string().optional(),
});

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export function ssmDemands(call: AwsCall): Demands {
  if (!/Parameter/.test(call.operation)) return unknownAction(call);
  const { Name, Names, Path } = Parameter.parse(call.input);
  const names = Names ?? [Name ?? Path].flatMap((name) => name ?? []);
  if (names.length === 0) return demand(`ssm:${call.operation}`, '*');
  return {
    kind: 'demands',
    demands: names.map((name) => ({
      action: `ssm:${call.operation}`,
      // `name:3` and `name:label` choose a version; the permission is for the parameter.
      resource: arnOf(
        call,
        'ssm',
        name.startsWith('arn:') ? name : `parameter/${name.replace(/^\//, '').split(':')[0]}`,
      ),
    })),
  };
}

const Secret = z.looseObject({ SecretId: z.string().optional() });

/** The whole ARN of a secret, which ends in six random characters; undefined where there is no such secret. */
export type FindSecret = (region: string, nameOrPartialArn: string) => Promise<string | undefined>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export function secretsDemands(find: FindSecret): (call: AwsCall) => Promise<Demands> {
  return async (call) => {
    const { SecretId } = Secret.parse(call.input);
    if (SecretId === undefined) return unknownAction(call);
    // Of a secret that is not there, AWS takes what was asked for.
    const resource = (await find(call.region, SecretId)) ?? arnOf(call, 'secretsmanager', secretResource(SecretId));
    return demand(`secretsmanager:${call.operation}`, resource);
  };
}

function secretResource(id: string): string {
  return id.startsWith('arn:') ? id : `secret:${id}`;
}
