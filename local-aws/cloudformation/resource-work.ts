import { duration } from './durations.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import { blankInstance, type DesiredResource, type LiveInstance, redefined, withResult } from './instance.ts';
import { sameValue } from './json.ts';
import { keep, recordResource, type Work, wait } from './operation.ts';
import { callProvider, providerRequest } from './provider-call.ts';
import { clashingName, needsReplacement, propertyProblem } from './replacement.ts';
import { exists, type ResourceInstance } from './stack.ts';

const creationCancelled = 'Resource creation cancelled';
const updateCancelled = 'Resource update cancelled';

/** Makes a resource. Answers whether it succeeded; why not is in the stack and in its events. */
export async function createResource(work: Work, desired: DesiredResource): Promise<boolean> {
  const blank = keep(work, blankInstance(desired, 'CREATE_IN_PROGRESS'));
  recordResource(work, blank, 'CREATE_IN_PROGRESS');
  const made = await make(work, blank, (initiated) => {
    recordResource(work, initiated, 'CREATE_IN_PROGRESS', 'Resource creation Initiated');
    keep(work, initiated);
  });
  if (!made.ok) return fail(work, made.instance ?? blank, 'CREATE_FAILED', made.reason, made.path);
  recordResource(work, made.instance, 'CREATE_COMPLETE');
  keep(work, { ...made.instance, status: 'CREATE_COMPLETE' });
  return true;
}

/**
 * Brings a resource to new properties, in place or by replacement.
 */
export async function updateResource(
  work: Work,
  current: LiveInstance,
  desired: DesiredResource,
  mayReplace: boolean,
): Promise<boolean> {
  const next = redefined(current, desired);
  const provider = work.engine.providerFor(current.type);
  if (!needsReplacement(current.type, provider, current.properties, next.properties)) {
    return updateInPlace(work, current, next);
  }
  return replaceResource(work, current, next, mayReplace);
}

/** Makes the new resource; the old one waits, retired, for the clean-up or for a rollback. */
async function replaceResource(
  work: Work,
  current: LiveInstance,
  next: LiveInstance,
  mayReplace: boolean,
): Promise<boolean> {
  const clash = clashingName(current.type, current.properties, next.properties);
  const refused = !mayReplace
    ? 'Replacement type updates not supported on stack with disable-rollback.'
    : clash === undefined
      ? undefined
      : `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${clash} and update the stack again.`;
  keep(work, { ...current, status: 'UPDATE_IN_PROGRESS' });
  if (refused !== undefined) {
    recordResource(work, next, 'UPDATE_IN_PROGRESS');
    return fail(work, current, 'UPDATE_FAILED', refused);
  }
  recordResource(
    work,
    next,
    'UPDATE_IN_PROGRESS',
    'Requested update requires the creation of a new physical resource; hence creating one.',
  );
  const { physicalId: _physicalId, ref: _ref, ...unborn } = next;
  const made = await make(work, { ...unborn, attributes: {} }, (initiated) =>
    recordResource(work, initiated, 'UPDATE_IN_PROGRESS', 'Resource creation Initiated'),
  );
  if (!made.ok) {
    // Half made: it goes in the clean-up, and the old one stays what it was.
    if (made.instance) work.stack.retired = [...work.stack.retired, made.instance];
    return fail(work, current, 'UPDATE_FAILED', made.reason, made.path);
  }
  work.stack.retired = [...work.stack.retired, current];
  recordResource(work, made.instance, 'UPDATE_COMPLETE');
  keep(work, { ...made.instance, status: 'UPDATE_COMPLETE' });
  return true;
}

/** Also the way back: a rollback is an update from the new properties to the old ones. */
export async function updateInPlace(work: Work, current: LiveInstance, next: LiveInstance): Promise<boolean> {
  keep(work, { ...current, status: 'UPDATE_IN_PROGRESS' });
  recordResource(work, next, 'UPDATE_IN_PROGRESS');
  const provider = work.engine.providerFor(current.type);
  const update = provider.update?.bind(provider);
  let updated = next;
  if (update && (current.uncertain || !sameValue(current.properties, next.properties))) {
    const problem = propertyProblem(next.type, next.properties);
    if (problem) return fail(work, current, 'UPDATE_FAILED', ...invalid(next, problem));
    const outcome = await callProvider(work, async () =>
      update({
        ...providerRequest(work, next),
        properties: await resolved(work, next),
        previous: await resolved(work, current),
        physicalId: current.physicalId,
      }),
    );
    if (outcome.kind === 'cancelled') return fail(work, current, 'UPDATE_FAILED', updateCancelled);
    // Where a failed update got to is unknown: what was attempted is what a rollback has to undo.
    const attempted: LiveInstance = { ...current, properties: next.properties, uncertain: true };
    if (outcome.kind === 'failed') return fail(work, attempted, 'UPDATE_FAILED', outcome.reason);
    updated = withResult(next, outcome.result);
    if ((await wait(work, duration(next.type, 'update'))) === 'aborted') {
      return fail(work, attempted, 'UPDATE_FAILED', updateCancelled);
    }
  }
  if (updated.physicalId !== current.physicalId) work.stack.retired = [...work.stack.retired, current];
  recordResource(work, updated, 'UPDATE_COMPLETE');
  keep(work, { ...updated, status: 'UPDATE_COMPLETE' });
  return true;
}

/** Deletes a resource, or leaves it where its policy says so. Already gone counts as deleted. */
export async function deleteResource(work: Work, instance: ResourceInstance, retain: boolean): Promise<boolean> {
  const settle = (status: ResourceInstance['status'], reason?: string) => {
    recordResource(work, instance, status, reason);
    const { reason: _reason, ...rest } = instance;
    // A retired resource shares its logical id with the one that replaced it, which is not touched.
    if (work.stack.resources.get(instance.logicalId)?.physicalId === instance.physicalId) {
      keep(work, { ...rest, status, ...(reason !== undefined && { reason }) });
    }
  };
  if (!exists(instance)) {
    settle('DELETE_COMPLETE');
    return true;
  }
  if (retain) {
    settle('DELETE_SKIPPED');
    return true;
  }
  settle('DELETE_IN_PROGRESS');
  const provider = work.engine.providerFor(instance.type);
  const outcome = await callProvider(work, async () => {
    // A secret that is gone must not keep the resource that used it from going as well.
    const properties = await resolved(work, instance).catch(() => instance.properties);
    await provider.delete({ ...providerRequest(work, instance), properties, physicalId: instance.physicalId });
  });
  if (outcome.kind !== 'done') {
    settle('DELETE_FAILED', outcome.kind === 'failed' ? outcome.reason : 'Resource deletion cancelled');
    return false;
  }
  await wait(work, duration(instance.type, 'delete'));
  settle('DELETE_COMPLETE');
  return true;
}

/** The resource did not get as far as its provider: an error in the template that only showed now, a denial. */
export function failBeforeStart(
  work: Work,
  desired: Omit<DesiredResource, 'properties'>,
  current: ResourceInstance | undefined,
  reason: string,
): false {
  if (current && exists(current)) return fail(work, current, 'UPDATE_FAILED', reason);
  return fail(work, blankInstance({ ...desired, properties: {} }, 'CREATE_FAILED'), 'CREATE_FAILED', reason);
}

type Made =
  | { ok: true; instance: LiveInstance }
  /** With an instance when the service has one all the same. */
  | { ok: false; instance?: LiveInstance; reason: string; path?: string };

/** The part that a creation and a replacement share: validate, call, wait until it has settled. */
async function make(work: Work, blank: ResourceInstance, onInitiated: (made: LiveInstance) => void): Promise<Made> {
  const problem = propertyProblem(blank.type, blank.properties);
  if (problem) {
    const [reason, path] = invalid(blank, problem);
    return { ok: false, reason, path };
  }
  const provider = work.engine.providerFor(blank.type);
  const outcome = await callProvider(work, async () =>
    provider.create({ ...providerRequest(work, blank), properties: await resolved(work, blank) }),
  );
  if (outcome.kind === 'cancelled') return { ok: false, reason: creationCancelled };
  if (outcome.kind === 'failed') return { ok: false, reason: outcome.reason };
  const instance = withResult(blank, outcome.result);
  onInitiated(instance);
  if ((await wait(work, duration(blank.type, 'create'))) === 'aborted') {
    return { ok: false, instance, reason: creationCancelled };
  }
  return { ok: true, instance };
}

function resolved(work: Work, instance: ResourceInstance) {
  return resolveDynamicReferences({ ...instance.properties }, work.engine.services.dynamic(work.stack.region));
}

function invalid(instance: ResourceInstance, problem: { message: string; path: string }): [string, string] {
  return [
    `Properties validation failed for resource ${instance.logicalId} with message:\n[${problem.message}]`,
    `/Resources/${instance.logicalId}/Properties${problem.path}`,
  ];
}

function fail(
  work: Work,
  instance: ResourceInstance,
  status: 'CREATE_FAILED' | 'UPDATE_FAILED',
  reason: string,
  validationPath?: string,
): false {
  recordResource(work, instance, status, reason, validationPath);
  keep(work, { ...instance, status, reason });
  return false;
}
