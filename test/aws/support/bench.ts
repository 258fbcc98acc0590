import { createServer, type Server } from 'node:http';
import { createAmplify } from '../../../local-aws/amplify/amplify.ts';
import { type Cognito, createCognito } from '../../../local-aws/cognito/cognito.ts';
import { ApiSnapshots } from '../../../local-aws/data-plane/api-snapshots.ts';
import { createDataPlane } from '../../../local-aws/data-plane/data-plane.ts';
import { DeployedFunctions } from '../../../local-aws/data-plane/deployed-functions.ts';
import { DeployedSettings } from '../../../local-aws/data-plane/deployed-settings.ts';
import { Throttling } from '../../../local-aws/data-plane/throttling.ts';
import { BucketNotifications } from '../../../local-aws/delivery/bucket-notifications.ts';
import { EventSources } from '../../../local-aws/delivery/event-sources.ts';
import { RuleNews } from '../../../local-aws/delivery/rule-news.ts';
import { createIam } from '../../../local-aws/iam/local-iam.ts';
import { type Aws, connect } from '../../../local-aws/providers/aws.ts';
import type { Properties, ProviderRequest, ProviderResult } from '../../../local-aws/providers/provider.ts';
import { createProviders } from '../../../local-aws/providers/registry.ts';
import { passThrough } from '../../../local-aws/proxy.ts';
import { motoFor } from './moto.ts';

export interface Resource extends ProviderResult {
  type: string;
  logicalId: string;
  properties: Properties;
}

/**
 * Providers, Amplify and data plane over a real moto, behind one HTTP server that passes on to moto what it does not
 * answer: the local AWS without CloudFormation.
 */
export interface Bench {
  aws: Aws;
  moto: string;
  url: string;
  region: string;
  cognito: Cognito;
  /** Moves the time of tokens, codes and throttling on. */
  advance(millis: number): void;
  /** What the data plane said could not be done. */
  said: string[];
  create(type: string, properties: Properties, logicalId?: string): Promise<Resource>;
  /** Updates in place and gives the resource as it is then. */
  update(resource: Resource, properties: Properties): Promise<Resource>;
  delete(resource: Resource): Promise<void>;
  replaces(type: string, previous: Properties, next: Properties): boolean;
  types(): string[];
  stop(): Promise<void>;
}

/** For a suite's `before` hook: the suite is skipped where there is no moto. */
export async function startBench(context: Mocha.Context, region = 'us-east-2'): Promise<Bench> {
  const moto = await motoFor(context);
  const aws = connect(moto.endpoint);
  const snapshots = new ApiSnapshots(aws);
  const functions = new DeployedFunctions();
  const sources = new EventSources();
  const rules = new RuleNews();
  const buckets = new BucketNotifications();
  const said: string[] = [];
  let url = '';
  const selfUrl = () => url;
  const amplify = createAmplify({ selfUrl, moto: moto.endpoint });
  const log = (line: string) => void said.push(line);
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const cognito = createCognito({ aws, log, now });
  const iam = createIam(aws, log);
  const settings = new DeployedSettings(aws);
  const providers = settings.watched(
    iam.watched(
      createProviders({ moto: moto.endpoint, amplify, snapshots, functions, sources, rules, buckets, selfUrl }),
    ),
  );
  const dataPlane = createDataPlane({
    moto: moto.endpoint,
    selfUrl,
    snapshots,
    settings,
    functions,
    publicKeys: cognito.publicKeys,
    throttling: new Throttling(() => ahead),
    now,
    authority: iam.authority,
    sources,
    rules,
    buckets,
    log,
  });
  const server = createServer((asked, response) => {
    const answer = async () => {
      const deployed = asked.url?.startsWith('/_') === true;
      const request = deployed ? asked : await iam.frontDoor.admit(asked, response);
      if (request === undefined) return;
      for (const part of [amplify, cognito, dataPlane]) if (await part.handle(request, response)) return;
      passThrough(new URL(moto.endpoint), request, response, log);
    };
    answer().catch((error) => {
      said.push(String(error));
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  url = await listen(server);
  server.unref();

  let suffix = 0;
  function request(logicalId: string, properties: Properties): ProviderRequest {
    suffix += 1;
    return {
      logicalId,
      properties,
      stack: { name: 'bench', id: `arn:aws:cloudformation:${region}:123456789012:stack/bench/0` },
      account: '123456789012',
      region,
      generatedName: (maxLength, lowerCase) => {
        const name = `bench-${logicalId}-${String(suffix).padStart(6, '0')}`.slice(-maxLength);
        return lowerCase ? name.toLowerCase() : name;
      },
    };
  }
  function provider(type: string) {
    const found = providers.get(type);
    if (!found) throw new Error(`There is no provider for ${type}.`);
    return found;
  }

  return {
    aws,
    moto: moto.endpoint,
    url,
    region,
    cognito,
    advance: (millis) => {
      ahead += millis;
    },
    said,
    create: async (type, properties, logicalId = type.split('::').pop() ?? type) => ({
      ...(await provider(type).create(request(logicalId, properties))),
      type,
      logicalId,
      properties,
    }),
    update: async (resource, properties) => {
      const { update } = provider(resource.type);
      if (!update) throw new Error(`${resource.type} cannot be updated.`);
      const made = await update({
        ...request(resource.logicalId, properties),
        physicalId: resource.physicalId,
        previous: resource.properties,
      });
      return { ...resource, ...made, properties };
    },
    delete: ({ type, logicalId, properties, physicalId }) =>
      provider(type).delete({ ...request(logicalId, properties), physicalId }),
    replaces: (type, previous, next) => provider(type).replaces?.(previous, next) ?? false,
    types: () => [...providers.keys()],
    stop: async () => {
      await dataPlane.stop();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await moto.stop();
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(`http://127.0.0.1:${address.port}`);
      else reject(new Error('The server has no address.'));
    });
  });
}

/** A refused provider call: its message must match, its code must be the given one. */
export function refusal(code: string, message: RegExp) {
  return (error: unknown): boolean => {
    const said = error instanceof Error ? error.message : String(error);
    const given = error instanceof Error && 'handlerErrorCode' in error ? error.handlerErrorCode : undefined;
    if (given !== code || !message.test(said)) throw new Error(`Refused with ${given}: ${said}`);
    return true;
  };
}
