import pLimit from 'p-limit';
import { stackName } from '../stacks/names.ts';
import { type Layer, layers } from '../stacks/stack.ts';
import type { LiveStack } from './live.ts';
import { isOurs } from './names.ts';
import { type Clock, type CloudFormation, type Failure, isFailure } from './ports.ts';
import { withRetries } from './retry.ts';

export type LiveOutcome = { status: 'found'; stacks: LiveStack[] } | Failure;

/**
 * What is in the account now, read back from CloudFormation: every layer under the project's names, also those that
 * are in no Blueprint any more, in the order of `layers`. Stacks of others under these names are left out.
 */
export async function readLive(
  cloudFormation: CloudFormation,
  clock: Clock,
  project: string,
  environment: string,
): Promise<LiveOutcome> {
  const names = new Map<string, Layer>(
    layers.map((layer) => [stackName({ slug: project, environment }, layer), layer]),
  );
  const found = await withRetries(clock, () => cloudFormation.describeStacks([...names.keys()]));
  if (isFailure(found)) return found;
  const limit = pLimit(4);
  const read = await Promise.all(
    found.stacks
      .filter((stack) => isOurs(stack.tags, project, environment))
      .map((stack) =>
        limit(async (): Promise<LiveStack | Failure | undefined> => {
          const layer = names.get(stack.name);
          const inside = await withRetries(clock, () => cloudFormation.resources(stack.stackId));
          if (isFailure(inside)) return inside;
          if (inside.status === 'absent' || layer === undefined) return undefined;
          const { stackId, name, status, reason, updatedAt, outputs } = stack;
          return {
            layer,
            name,
            stackId,
            status,
            ...(reason === undefined ? {} : { reason }),
            ...(updatedAt === undefined ? {} : { updatedAt }),
            outputs,
            resources: inside.resources,
          };
        }),
      ),
  );
  const stacks: LiveStack[] = [];
  for (const stack of read) {
    if (stack === undefined) continue;
    if ('code' in stack) return stack;
    stacks.push(stack);
  }
  return { status: 'found', stacks: stacks.sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer)) };
}
