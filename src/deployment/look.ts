import pLimit from 'p-limit';
import { bootstrapStack, stackName } from '../stacks/names.ts';
import { type Layer, layers } from '../stacks/stack.ts';
import { listNumbers, readEntry } from './history.ts';
import type { HistoryEntry } from './live.ts';
import { isOurs } from './names.ts';
import type { KnownSettings } from './parameters.ts';
import type { LiveTemplate } from './plan.ts';
import {
  type Clock,
  type Connection,
  type Failure,
  isFailure,
  type ObjectStore,
  type StackDescription,
} from './ports.ts';
import type { DeploymentProblem } from './problem.ts';
import { withRetries } from './retry.ts';

/** What is in the account before a deployment touches anything. */
export interface Surroundings {
  status: 'seen';
  live: Map<Layer, LiveTemplate>;
  bootstrap?: StackDescription;
  bucketExists: boolean;
  /** Of the newest entry in the history; 0 where there is none. */
  lastNumber: number;
  lastEntry?: HistoryEntry;
  settings: KnownSettings;
}

/** Reads, side by side, what a plan needs. Changes nothing. */
export async function lookAround(
  connection: Connection,
  store: ObjectStore,
  clock: Clock,
  project: string,
  environment: string,
): Promise<Surroundings | { status: 'refused'; problem: DeploymentProblem }> {
  const { cloudFormation } = connection;
  const names = new Map<string, Layer>(
    layers.map((layer) => [stackName({ slug: project, environment }, layer), layer]),
  );
  const [described, numbers, logs] = await Promise.all([
    withRetries(clock, () => cloudFormation.describeStacks([...names.keys(), bootstrapStack])),
    listNumbers(store, clock, project, environment),
    withRetries(clock, () => connection.settings.apiGatewayLogs()),
  ]);
  if (isFailure(described)) return refused('The stacks in the account cannot be read.', described);
  if (isFailure(numbers)) return refused(`The bucket ${store.bucket} cannot be read.`, numbers);

  const live = new Map<Layer, LiveTemplate>();
  const limit = pLimit(4);
  const last = numbers.status === 'found' ? (numbers.numbers.at(-1) ?? 0) : 0;
  const [entry] = await Promise.all([
    last === 0 ? undefined : readEntry(store, clock, project, environment, last),
    ...described.stacks.map((stack) =>
      limit(async () => {
        const layer = names.get(stack.name);
        if (layer === undefined) return;
        if (!isOurs(stack.tags, project, environment)) {
          live.set(layer, { stack });
          return;
        }
        // A template that cannot be read is no reason to stop: the stack is then updated without comparing.
        const read = await withRetries(clock, () => cloudFormation.getTemplate(stack.stackId));
        live.set(layer, read.status === 'found' ? { stack, template: read.body } : { stack });
      }),
    ),
  ]);
  const bootstrap = described.stacks.find((stack) => stack.name === bootstrapStack);
  return {
    status: 'seen',
    live,
    ...(bootstrap === undefined ? {} : { bootstrap }),
    bucketExists: numbers.status === 'found',
    lastNumber: last,
    // Who may not read it can deploy all the same.
    settings: new Map(isFailure(logs) ? [] : [['api-gateway-logs', logs.enabled ? 'true' : 'false']]),
    ...(entry?.status === 'found' ? { lastEntry: entry.entry } : {}),
  };
}

function refused(message: string, failure: Failure): { status: 'refused'; problem: DeploymentProblem } {
  const hints: Record<Failure['status'], string> = {
    throttled: 'AWS turns calls away at the moment. Try again in a minute.',
    unreachable: 'Check the network connection and try again.',
    unauthenticated: 'Sign in again, then repeat the command.',
    rejected: 'Ask whoever administers the account for the missing right.',
  };
  return {
    status: 'refused',
    problem: {
      code: `account-${failure.status}`,
      message,
      hint: hints[failure.status],
      cause: `${failure.code}: ${failure.message}`,
    },
  };
}
