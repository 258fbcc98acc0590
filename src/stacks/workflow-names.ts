import { kebabCase } from '../blueprint/naming.ts';
import { pascal, physicalName } from './names.ts';
import type { Scope } from './scope.ts';

/** The alias through which a workflow is started: it points at the newest version. */
export const workflowAlias = 'live';

export function workflowStem(name: string): string {
  return `Workflow${pascal(name)}`;
}

export function workflowLabel(name: string): string {
  return `${kebabCase(name)}-workflow`;
}

export function workflowName(scope: Scope, name: string): string {
  return physicalName(scope, workflowLabel(name));
}
