import { cycle, reversed, walk } from '../graph.ts';
import type { Work } from '../operation.ts';
import { deleteResource } from '../resource-work.ts';
import { exists, type ResourceInstance } from '../stack.ts';

export interface Deletion {
  readonly instance: ResourceInstance;
  /** Its policy, or the request, keeps it in the service. */
  readonly retain: boolean;
}

/**
 * Deletes resources in reverse dependency order, independent ones at the same time. One that fails holds only what it
 * depends on.
 * @returns The logical ids of those that could not be deleted.
 */
export async function deleteInOrder(work: Work, deletions: readonly Deletion[]): Promise<string[]> {
  // A logical id may be there twice: a resource, and what it replaced.
  const byKey = new Map(deletions.map((deletion, index) => [`${deletion.instance.logicalId}#${index}`, deletion]));
  const keysOf = new Map<string, string[]>();
  for (const [key, { instance }] of byKey) {
    keysOf.set(instance.logicalId, [...(keysOf.get(instance.logicalId) ?? []), key]);
  }
  const needs = new Map(
    [...byKey].map(([key, { instance }]) => [key, instance.dependsOn.flatMap((id) => keysOf.get(id) ?? [])]),
  );
  // What was made by two different templates may need each other in a circle: then no order is right, and none is kept.
  for (const key of cycle(needs)) needs.set(key, []);
  const walked = await walk(reversed(needs), async (key) => {
    const deletion = byKey.get(key);
    return deletion === undefined || deleteResource(work, deletion.instance, deletion.retain);
  });
  return walked.failed.map((key) => key.slice(0, key.lastIndexOf('#')));
}

/**
 * The end of an update and of its rollback: deletes what the stack no longer is, and forgets it, also where that fails.
 * @param wanted The logical ids that stay.
 * @param retains Whether a resource that goes from the stack stays in the service.
 * @returns Why not everything could be deleted; undefined when it could.
 */
export async function cleanUp(
  work: Work,
  wanted: ReadonlySet<string>,
  retains: (instance: ResourceInstance, why: 'replaced' | 'removed') => boolean,
): Promise<string | undefined> {
  const { stack } = work;
  const removed = [...stack.resources.values()].filter((instance) => !wanted.has(instance.logicalId));
  const failed = await deleteInOrder(work, [
    ...stack.retired.filter(exists).map((instance) => ({ instance, retain: retains(instance, 'replaced') })),
    ...removed.map((instance) => ({ instance, retain: retains(instance, 'removed') })),
  ]);
  stack.retired = [];
  for (const { logicalId } of removed) stack.resources.delete(logicalId);
  return failed.length > 0 ? 'One or more resources could not be deleted.' : undefined;
}
