import { exportsOf } from '../engine.ts';
import { evaluate, type Scope } from '../evaluate.ts';
import { dependencyGraph, walk } from '../graph.ts';
import type { LiveInstance } from '../instance.ts';
import { isObject, type JsonObject, sameValue } from '../json.ts';
import { keep, type Work } from '../operation.ts';
import { needsReplacement } from '../replacement.ts';
import { createResource, deleteResource, failBeforeStart, updateInPlace, updateResource } from '../resource-work.ts';
import { stackScope } from '../scope.ts';
import { ServiceError } from '../service-error.ts';
import { exists, type ResourceInstance, type StackOutput } from '../stack.ts';
import { policyDenial, type StackPolicy } from '../stack-policy.ts';
import type { ResourceDefinition, Template } from '../template/template.ts';
import { evaluateOutputs, exportProblem } from './outputs.ts';

/** How the forward part of a create or an update ended. */
export type Applied =
  | {
      readonly ok: true;
      readonly outputs: readonly StackOutput[];
      readonly imports: ReadonlySet<string>;
      /** The resources whose condition holds. */
      readonly logicalIds: ReadonlySet<string>;
    }
  | { readonly ok: false; readonly reason: string };

export interface ApplyOptions {
  /** Rollback is off: keep going along independent paths after a failure, and keep what succeeded. */
  readonly preserve: boolean;
  readonly policy?: StackPolicy | undefined;
}

/**
 * Brings the stack's resources to its present template: makes, updates and replaces in dependency order, what is
 * independent at the same time. Deletes nothing: what the template no longer has is left for the clean-up.
 */
export async function applyTemplate(work: Work, options: ApplyOptions): Promise<Applied> {
  const { stack, engine, operation } = work;
  const imports = new Set<string>();
  const scope = stackScope({
    place: stack,
    template: stack.template,
    parameters: stack.parameters,
    resource: (logicalId) => stack.resources.get(logicalId),
    exported: (name) => exportsOf(engine, stack.region).find((item) => item.name === name)?.value,
    onImport: (name) => imports.add(name),
  });
  const active = activeResources(stack.template, scope);
  const denied = deniedRemovals(work, active, options.policy);
  if (denied.length > 0) return { ok: false, reason: failureSentence(work, denied) };

  const graph = dependencyGraph(active, scope.holds);
  const cancelled = () => operation.cancel.signal.aborted;
  const walked = await walk(
    graph,
    async (logicalId) => {
      const definition = active.get(logicalId);
      if (!definition) throw new Error(`${logicalId} is in the graph but not among the resources.`);
      const succeeded = await applyResource(work, scope, options, {
        logicalId,
        definition,
        dependsOn: graph.get(logicalId) ?? [],
      });
      if (!succeeded && !options.preserve) operation.cancel.abort();
      return succeeded;
    },
    () => !cancelled(),
  );
  if (walked.failed.length > 0) return { ok: false, reason: failureSentence(work, walked.failed) };
  if (walked.untouched.length > 0 || cancelled()) return { ok: false, reason: 'User Initiated' };
  try {
    const outputs = evaluateOutputs(stack.template, scope);
    const problem = exportProblem(engine, stack, outputs);
    if (problem !== undefined) return { ok: false, reason: problem };
    return { ok: true, outputs, imports, logicalIds: new Set(active.keys()) };
  } catch (error) {
    if (error instanceof ServiceError) return { ok: false, reason: error.message };
    throw error;
  }
}

/** The resources whose condition holds. */
export function activeResources(template: Template, scope: Scope): Map<string, ResourceDefinition> {
  return new Map(
    [...template.resources].filter(([, { condition }]) => condition === undefined || scope.holds(condition)),
  );
}

/** The properties of a resource, functions resolved. */
export function resourceProperties(definition: ResourceDefinition, scope: Scope): JsonObject {
  const properties = evaluate(definition.properties, scope);
  return properties !== undefined && isObject(properties) ? properties : {};
}

interface Wanted {
  readonly logicalId: string;
  readonly definition: ResourceDefinition;
  readonly dependsOn: readonly string[];
}

async function applyResource(work: Work, scope: Scope, options: ApplyOptions, wanted: Wanted): Promise<boolean> {
  const current = work.stack.resources.get(wanted.logicalId);
  let properties: JsonObject;
  try {
    properties = resourceProperties(wanted.definition, scope);
  } catch (error) {
    if (error instanceof ServiceError) return failBeforeStart(work, wanted, current, error.message);
    throw error;
  }
  const desired = { ...wanted, properties };
  if (!current || !exists(current)) return createResource(work, desired);
  if (current.status === 'CREATE_FAILED') {
    // Its creation was cut short after the service had made it. What it is worth is unknown: it makes way.
    return (await deleteResource(work, current, false)) && createResource(work, desired);
  }
  if (sameValue(current.properties, properties) && !current.status.endsWith('_FAILED'))
    return redefine(work, current, wanted);
  const replaced = needsReplacement(
    current.type,
    work.engine.providerFor(current.type),
    current.properties,
    properties,
  );
  const denial = policyDenial(options.policy, replaced ? 'Update:Replace' : 'Update:Modify', current);
  if (denial !== undefined) return failBeforeStart(work, wanted, current, denial);
  return updateResource(work, current, desired, !options.preserve);
}

/** Properties are the same: only what the template says besides them may have changed. */
async function redefine(work: Work, current: LiveInstance, wanted: Wanted): Promise<boolean> {
  const next = { ...current, ...wanted };
  if (!sameValue(current.definition.metadata ?? null, wanted.definition.metadata ?? null)) {
    return updateInPlace(work, current, next);
  }
  keep(work, next);
  return true;
}

function deniedRemovals(
  work: Work,
  active: ReadonlyMap<string, ResourceDefinition>,
  policy: StackPolicy | undefined,
): string[] {
  const removed = [...work.stack.resources.values()].filter(
    (instance) => exists(instance) && !active.has(instance.logicalId),
  );
  return removed.flatMap((instance) => {
    const denial = policyDenial(policy, 'Update:Delete', instance);
    if (denial === undefined) return [];
    failBeforeStart(work, instance, instance, denial);
    return [instance.logicalId];
  });
}

/** CloudFormation's sentence about what failed, by what was being done to it. */
function failureSentence(work: Work, failed: readonly string[]): string {
  const byStatus = (status: ResourceInstance['status']) =>
    failed.filter((logicalId) => work.stack.resources.get(logicalId)?.status === status);
  const sentences = [
    ['create', byStatus('CREATE_FAILED')] as const,
    ['update', byStatus('UPDATE_FAILED')] as const,
    ['delete', byStatus('DELETE_FAILED')] as const,
  ];
  return sentences
    .filter(([, ids]) => ids.length > 0)
    .map(([verb, ids]) => `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `)
    .join('');
}
