import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ResourceProvider } from '../providers/provider.ts';
import { actions } from './actions/all.ts';
import type { Engine, OtherServices } from './engine.ts';
import { parseQuery, type QueryMap } from './query-protocol.ts';
import { ServiceError } from './service-error.ts';
import type { Stack } from './stack.ts';
import { stubProvider } from './stub-provider.ts';
import { answerXml, errorXml } from './xml.ts';

/** The version of the API, in every request of every SDK. */
export const apiVersion = '2010-05-15';

/** How many provider calls are under way at once. moto answers in one process: more only queue up there. */
const concurrentProviderCalls = 16;

export interface CloudFormationOptions {
  readonly account: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked at each use: a reset of Local AWS makes them anew. */
  providers(): ReadonlyMap<string, ResourceProvider>;
  readonly services: OtherServices;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}

export interface CloudFormation {
  /** Answers one request of the query protocol, given as form-encoded text. Never rejects. */
  answer(form: string, region: string): Promise<Answer>;
  /** Forgets every stack. Operations under way end where they are; resolves once they have. */
  reset(): Promise<void>;
}

/** An AWS CloudFormation of our own: asynchronous, with stacks in memory and resources made through providers. */
export function createCloudFormation(options: CloudFormationOptions): CloudFormation {
  let stacks = new Map<string, Stack[]>();
  let shutdown = new AbortController();
  const announced = new Set<string>();
  const limit = pLimit(concurrentProviderCalls);

  const providerFor = (type: string): ResourceProvider => {
    const provider = options.providers().get(type);
    if (provider) return provider;
    if (!announced.has(type)) {
      announced.add(type);
      options.log(`CloudFormation: ${type} has no provider here. Its resources exist in their stack only (stub).`);
    }
    return stubProvider(type);
  };
  const newEngine = (): Engine => {
    const mine = stacks;
    // Every operation under way listens: many at once are no leak.
    setMaxListeners(0, shutdown.signal);
    return {
      clock: options.clock,
      log: options.log,
      account: options.account,
      services: options.services,
      providerFor,
      limit,
      shutdown: shutdown.signal,
      stacks(region) {
        const found = mine.get(region) ?? [];
        mine.set(region, found);
        return found;
      },
      tokens: new Map(),
      uuid: randomUUID,
    };
  };
  let engine = newEngine();

  const run = async (form: string, region: string, requestId: string): Promise<string> => {
    const query = parseQuery(form);
    const name = actionName(query);
    const action = actions.get(name);
    if (!action) {
      throw new ServiceError('InvalidAction', `Local AWS does not provide CloudFormation's action ${name}.`);
    }
    return answerXml(name, await action.run(query, { engine, region }), requestId);
  };

  return {
    async answer(form, region) {
      const requestId = randomUUID();
      try {
        return { status: 200, body: await run(form, region, requestId), requestId };
      } catch (error) {
        if (error instanceof ServiceError) {
          return {
            status: error.status,
            body: errorXml(error.code, error.message, error.status, requestId),
            requestId,
          };
        }
        options.log(
          `CloudFormation: a request ended in a bug: ${error instanceof Error ? error.stack : String(error)}`,
        );
        return {
          status: 500,
          body: errorXml('InternalFailure', 'An internal error has occurred.', 500, requestId),
          requestId,
        };
      }
    },
    async reset() {
      const running = [...stacks.values()].flat().flatMap((stack) => stack.running?.finished ?? []);
      shutdown.abort();
      await Promise.all(running);
      stacks = new Map();
      shutdown = new AbortController();
      engine = newEngine();
    },
  };
}

function actionName(query: QueryMap): string {
  const { Action: name, Version: version } = query;
  if (typeof name !== 'string' || name === '') {
    throw new ServiceError('MissingAction', 'The request must name an Action.');
  }
  if (typeof version === 'string' && version !== apiVersion) {
    throw new ServiceError('InvalidAction', `Could not find operation ${name} for version ${version}`);
  }
  return name;
}
