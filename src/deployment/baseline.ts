import type { Baseline, BaselineStack } from '../changes/baseline.ts';
import { parseTemplate } from '../changes/parse-template.ts';
import { type Layer, layers, type Stack } from '../stacks/stack.ts';
import type { HistoryEntry } from './live.ts';
import type { Surroundings } from './look.ts';
import type { LiveTemplate } from './plan.ts';
import type { Clock, Connection, ObjectStore } from './ports.ts';
import { nextStep } from './recovery.ts';
import { withRetries } from './retry.ts';

/**
 * Where a comparison starts from, as the account has it now; undefined where nothing of the project is there. The
 * Blueprint's text is the last deployment's, or empty when the history does not hold it any more.
 */
export async function baselineInAccount(
  connection: Connection,
  store: ObjectStore,
  clock: Clock,
  seen: Surroundings,
): Promise<Baseline | undefined> {
  const stacks = [...seen.live].flatMap(([layer, live]) => liveBaseline(layer, live));
  if (stacks.length === 0) return undefined;
  const { lastEntry } = seen;
  const blueprint = lastEntry && (await withRetries(clock, () => store.get(lastEntry.blueprint.key)));
  return {
    deployment: seen.lastNumber,
    environment: connection.target.environment,
    account: connection.identity.account,
    region: connection.target.region,
    blueprint: blueprint?.status === 'found' ? new TextDecoder().decode(blueprint.body) : '',
    stacks: inOrder(stacks),
  };
}

/** Where the next comparison starts from: stacks that are as wanted now, and of the others what was there before. */
export function baselineAfter(
  entry: HistoryEntry,
  blueprint: string,
  stacks: readonly Stack[],
  before: ReadonlyMap<Layer, LiveTemplate>,
): Baseline {
  const { number: deployment, environment, account, region } = entry;
  const after = layers.flatMap((layer): BaselineStack[] => {
    const wanted = stacks.find((stack) => stack.layer === layer);
    const noted = entry.stacks[layer];
    if (wanted !== undefined && (noted?.result === 'complete' || noted?.result === 'unchanged')) {
      const { name, body, template } = wanted;
      return [{ layer, name, body, template, parameters: noted.parameters }];
    }
    if (entry.removed?.[layer]?.result === 'complete') return [];
    const live = before.get(layer);
    return live === undefined ? [] : liveBaseline(layer, live);
  });
  return { deployment, environment, account, region, blueprint, stacks: after };
}

/** None for a stack that never came to life: the next deployment creates it. */
function liveBaseline(layer: Layer, { stack, template: body }: LiveTemplate): BaselineStack[] {
  const { step } = nextStep(stack.status);
  const template = body === undefined ? undefined : parseTemplate(body);
  if (body === undefined || template === undefined || step === 'create' || step === 'delete-first') return [];
  return [{ layer, name: stack.name, body, template, parameters: stack.parameters }];
}

function inOrder(stacks: BaselineStack[]): BaselineStack[] {
  return stacks.sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));
}
