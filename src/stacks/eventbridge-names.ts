import { kebabCase } from '../blueprint/naming.ts';
import { type NameScope, physicalName } from './names.ts';

/** The explicit name of a job's rule: `backdrift-task-manager-dev-archive`. Its queue's policy refers to it. */
export function ruleName(scope: NameScope, job: string): string {
  return physicalName(scope, kebabCase(job));
}
