import type { Entity } from '../blueprint/blueprint.ts';
import type { BlueprintPath } from '../blueprint/problem.ts';
import { callbackGrant, entityGrants, type Grant, invokeGrant, sendGrant, storageGrants } from './iam.ts';
import { arn, type LayerParameter, outputOf, ref, sub } from './layer.ts';
import { variable } from './names.ts';
import { nameParameter, urlParameter, workQueues } from './queues.ts';
import { bucketParameter } from './s3.ts';
import type { Scope } from './scope.ts';
import type { CompileProblem } from './stack.ts';
import type { TemplateValue } from './template.ts';
import { workflowAlias, workflowName } from './workflow-names.ts';

/** What the `uses:` of a function or workflow comes to. */
export interface Uses {
  entities: Entity[];
  grants: Grant[];
  /** `BUCKET_<NAME>`, `QUEUE_<NAME>` (the URL) and `WORKFLOW_<NAME>` (the ARN to invoke); tables are `entities`. */
  environment: Record<string, TemplateValue>;
  parameters: Record<string, LayerParameter>;
  problems: CompileProblem[];
}

/** Reads `[task, attachments, "project:read"]`: names of entities, storage, queues and workflows. */
export function usesOf(scope: Scope, names: readonly string[], path: (string | number)[]): Uses {
  const uses: Uses = { entities: [], grants: [], environment: {}, parameters: {}, problems: [] };
  for (const [position, written] of names.entries()) {
    const readOnly = written.endsWith(':read');
    const name = readOnly ? written.slice(0, -':read'.length) : written;
    if (addEntity(scope, uses, name, readOnly)) continue;
    if (addStorage(scope, uses, name, readOnly, [...path, 'uses', position])) continue;
    if (addQueue(scope, uses, name, readOnly, [...path, 'uses', position])) continue;
    if (addWorkflow(scope, uses, name)) continue;
    uses.problems.push({
      code: 'unknown-use',
      severity: 'error',
      message: `There is no entity, storage, queue or workflow called ${name}.`,
      hint: 'Write the name as it stands in the Blueprint, with :read after it for read-only.',
      path: [...path, 'uses', position],
    });
  }
  return uses;
}

function addEntity(scope: Scope, uses: Uses, name: string, readOnly: boolean): boolean {
  const entity = scope.entities.get(name);
  if (entity === undefined) return false;
  if (!uses.entities.includes(entity)) uses.entities.push(entity);
  uses.grants.push(...entityGrants(scope, entity, readOnly));
  return true;
}

function addStorage(scope: Scope, uses: Uses, name: string, readOnly: boolean, path: BlueprintPath): boolean {
  if (!scope.blueprint.storage.some((storage) => storage.name === name)) return false;
  const parameter = bucketParameter(name);
  uses.parameters[parameter] = outputOf('s3', parameter, `The bucket of ${name}`);
  setVariable(uses, variable('BUCKET', name), ref(parameter), path);
  uses.grants.push(...storageGrants(parameter, readOnly));
  return true;
}

function addQueue(scope: Scope, uses: Uses, name: string, readOnly: boolean, path: BlueprintPath): boolean {
  const queue = workQueues(scope.blueprint).find((candidate) => candidate.kind === 'queue' && candidate.name === name);
  if (queue === undefined) return false;
  uses.parameters[urlParameter(queue.id)] = outputOf('sqs', urlParameter(queue.id), `The address of ${queue.label}`);
  setVariable(uses, variable('QUEUE', name), ref(urlParameter(queue.id)), path);
  if (!readOnly) {
    uses.parameters[nameParameter(queue.id)] = outputOf('sqs', nameParameter(queue.id), `The queue ${queue.label}`);
    uses.grants.push(sendGrant(nameParameter(queue.id)));
  }
  return true;
}

function addWorkflow(scope: Scope, uses: Uses, name: string): boolean {
  if (!scope.blueprint.workflows.some((workflow) => workflow.name === name)) return false;
  const functionName = workflowName(scope, name);
  uses.environment[variable('WORKFLOW', name)] = sub(arn('lambda', `function:${functionName}:${workflowAlias}`));
  uses.grants.push(invokeGrant(functionName, workflowAlias), callbackGrant(functionName));
  return true;
}

/** Variables know neither case nor punctuation: two things could share one. */
function setVariable(uses: Uses, variableName: string, value: TemplateValue, path: BlueprintPath): void {
  const known = uses.environment[variableName];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(value)) {
    uses.problems.push({
      code: 'variable-collision',
      severity: 'error',
      message: `Two things that the function uses would both be called ${variableName}.`,
      hint: 'Rename one of the two.',
      path,
    });
  }
  uses.environment[variableName] = value;
}
