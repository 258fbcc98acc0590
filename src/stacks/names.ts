import { createHash } from 'node:crypto';
import { entityPlural, kebabCase } from '../blueprint/naming.ts';
import type { Operation } from '../blueprint/schema.ts';
import type { Layer } from './stack.ts';

/** Lambda's limit on a function name, EventBridge's on a rule name. */
const nameLimit = 64;
/** CloudFormation's limit on a stack name. */
const stackNameLimit = 128;

/** The stack that holds the bucket of templates, code and history: one per account and region, of no project. */
export const bootstrapStack = 'backdrift-bootstrap';

/** `line-item` becomes `LineItem`: what logical ids are made of. */
export function pascal(name: string): string {
  const kebab = /^[a-z0-9-]*$/.test(name) ? name : kebabCase(name);
  return kebab.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase()).replaceAll('-', '');
}

/** `QUEUE_EMAILS`: an environment variable for a thing of the Blueprint. */
export function variable(prefix: string, name: string): string {
  return `${prefix}_${name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * A name that fits. One that is too long is cut and ends in eight digits of its hash, so that two long names that
 * begin alike stay different.
 */
export function fitting(name: string, limit: number): string {
  if (name.length <= limit) return name;
  return `${name.slice(0, limit - 9).replace(/-+$/, '')}-${sha256(name).slice(0, 8)}`;
}

/** What names of one project and environment have in common. */
export interface NameScope {
  slug: string;
  environment: string;
}

/** `backdrift-task-manager-dev-dynamodb` */
export function stackName({ slug, environment }: NameScope, layer: Layer): string {
  return fitting(`backdrift-${slug}-${environment}-${layer}`, stackNameLimit);
}

/** The explicit name of a function or rule in AWS: `backdrift-task-manager-dev-create-task-handler`. */
export function physicalName({ slug, environment }: NameScope, label: string): string {
  return fitting(`backdrift-${slug}-${environment}-${label}`, nameLimit);
}

/** `list-tasks-handler`, `create-task-handler`: what a generated function is called in a preview. */
export function handlerLabel(operation: Operation, entity: { name: string; plural: string }): string {
  return `${operation}-${operation === 'list' ? entity.plural : kebabCase(entity.name)}-handler`;
}

/**
 * The stem of a generated function's logical ids: `ListTasks` for `ListTasksFunction`, `ListTasksRole`. Stems of
 * generated functions start with the operation, of the user's own with `Custom`, of workflows with `Workflow`, so
 * that an own function called `create-task` is not taken for the generated one.
 */
export function handlerStem(operation: Operation, entity: { name: string; plural: string }): string {
  return pascal(operation) + pascal(operation === 'list' ? entity.plural : entity.name);
}

/** The logical id of a table. A renamed entity keeps the id, and with it the table, of its first name. */
export function tableId(entity: { plural: string; renamed_from?: string }): string {
  return `${pascal(entity.renamed_from === undefined ? entity.plural : entityPlural(entity.renamed_from))}Table`;
}
