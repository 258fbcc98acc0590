import * as z from 'zod';
import type { Log } from '../log.ts';
import { type Aws, localAccount } from '../providers/aws.ts';
import type { ResourceProvider } from '../providers/provider.ts';
import { watchedProviders } from '../providers/watched.ts';
import { Authority } from './authority.ts';
import { demandReader } from './demands/demands-of.ts';
import type { FindSecret } from './demands/settings.ts';
import { FrontDoor } from './front-door.ts';

/** The parts that hold functions to their roles. */
export interface LocalIam {
  readonly authority: Authority;
  readonly frontDoor: FrontDoor;
  /** The same providers, with an eye on those that change roles and policies. */
  watched(providers: ReadonlyMap<string, ResourceProvider>): ReadonlyMap<string, ResourceProvider>;
}

/** Over the roles and policies that moto has. */
export function createIam(aws: Aws, log: Log): LocalIam {
  const authority = new Authority(aws, log);
  const frontDoor = new FrontDoor({
    authority,
    demands: demandReader(secretFinder(aws.endpoint)),
    storage: (method, path, headers, body) =>
      fetch(`${aws.endpoint}${path}`, {
        method,
        headers: { ...headers, authorization: scope('us-east-1', 's3') },
        ...(body === undefined ? {} : { body }),
      }),
    now: Date.now,
  });
  return {
    authority,
    frontDoor,
    watched: (providers) =>
      watchedProviders(
        providers,
        (type) => type.startsWith('AWS::IAM::'),
        (type, physicalId) => authority.roles.changing(type === 'AWS::IAM::Role' ? physicalId : undefined),
      ),
  };
}

/** moto finds service and region in the scope, and checks no signature. */
function scope(region: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=${localAccount}/20200101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`;
}

const SecretAnswer = z.looseObject({ ARN: z.string() });

function secretFinder(endpoint: string): FindSecret {
  return async (region, SecretId) => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: scope(region, 'secretsmanager'),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.DescribeSecret',
      },
      body: JSON.stringify({ SecretId }),
    });
    const found = SecretAnswer.safeParse(await answer.json().catch(() => undefined));
    return found.data?.ARN;
  };
}
