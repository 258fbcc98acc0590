import { stackDurations } from '../durations.ts';
import { walk } from '../graph.ts';
import type { LiveInstance } from '../instance.ts';
import { sameValue } from '../json.ts';
import { finish, keep, moveTo, recordResource, type Work, wait } from '../operation.ts';
import { createResource, updateInPlace } from '../resource-work.ts';
import { type Deployed, exists } from '../stack.ts';
import { emptyTemplate } from '../template/template.ts';
import { cleanUp } from './clean-up.ts';

/** Where a stack leads back to that never completed: nothing. */
const nothing: Deployed = {
  template: emptyTemplate,
  parameters: new Map(),
  tags: [],
  resources: new Map(),
  outputs: [],
  imports: new Set(),
};

/**
 * The rollback of an update: leads from whatever is there to the last state that completed. Works from that state alone,
 * not from a record of what was done, so it can be repeated after it failed.
 * @param skip Logical ids that ContinueUpdateRollback was told to take as restored.
 */
export async function restoreStable(work: Work, reason: string, skip: ReadonlySet<string> = new Set()): Promise<void> {
  const { stack } = work;
  const stable = stack.stable ?? nothing;
  moveTo(work, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
  stack.template = stable.template;
  stack.description = stable.template.description;
  stack.parameters = stable.parameters;
  stack.tags = stable.tags;
  stack.outputs = stable.outputs;
  stack.imports = stable.imports;
  await wait(work, stackDurations.start);
  const graph = new Map([...stable.resources].map(([logicalId, { dependsOn }]) => [logicalId, dependsOn]));
  const walked = await walk(graph, async (logicalId) => {
    const target = stable.resources.get(logicalId);
    return !target || !exists(target) || restoreResource(work, target, skip.has(logicalId));
  });
  if (walked.failed.length > 0) {
    const failed = walked.failed.join(', ');
    moveTo(work, 'UPDATE_ROLLBACK_FAILED', `The following resource(s) failed to update: [${failed}]. `);
    finish(work, 'FAILED');
    return;
  }
  moveTo(work, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  await wait(work, stackDurations.end);
  const problem = await cleanUp(
    work,
    new Set(stable.resources.keys()),
    ({ definition }, why) =>
      why === 'removed' && definition.deletionPolicy === 'Retain' && !stack.settings.retainExceptOnCreate,
  );
  moveTo(work, 'UPDATE_ROLLBACK_COMPLETE', problem);
  finish(work, 'SUCCEEDED');
}

async function restoreResource(work: Work, target: LiveInstance, skip: boolean): Promise<boolean> {
  const { stack } = work;
  const live = stack.resources.get(target.logicalId);
  if (skip) {
    recordResource(work, live ?? target, 'UPDATE_COMPLETE');
    keep(work, { ...target, status: 'UPDATE_COMPLETE' });
    return true;
  }
  if (live && exists(live) && live.physicalId !== target.physicalId) {
    // Replaced: the old one is still there. It comes back, and the new one goes in the clean-up.
    stack.retired = [...stack.retired.filter((old) => old.physicalId !== target.physicalId), live];
    recordResource(work, target, 'UPDATE_IN_PROGRESS');
    recordResource(work, target, 'UPDATE_COMPLETE');
    keep(work, { ...target, status: 'UPDATE_COMPLETE' });
    return true;
  }
  if (!live || !exists(live)) return createResource(work, target);
  if (sameValue(live.properties, target.properties) && !live.status.endsWith('_FAILED')) {
    keep(work, target);
    return true;
  }
  return updateInPlace(work, live, target);
}
