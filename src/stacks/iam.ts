import type { Entity } from '../blueprint/blueprint.ts';
import type { Operation } from '../blueprint/schema.ts';
import { tableParameter } from './dynamodb.ts';
import { claimedFields } from './entity-model.ts';
import { indexesOf } from './indexes.ts';
import { arn, sub } from './layer.ts';
import type { EntityModel, ReferencedBy } from './model.ts';
import type { Scope } from './scope.ts';
import type { TemplateValue } from './template.ts';

/** Actions on resources (texts for Fn::Sub). Every statement allows; the least a function needs is all that it lists. */
export interface Grant {
  actions: string[];
  resources: string[];
  /** When it holds, in the words of IAM. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html */
  condition?: { [key: string]: TemplateValue };
}

/** Statements of one role, grants on the same resources, under the same condition, in one. */
export function policyDocument(grants: readonly Grant[]): TemplateValue {
  const statements = new Map<string, { actions: Set<string>; resources: string[]; condition?: TemplateValue }>();
  for (const { actions, resources, condition } of grants) {
    if (actions.length === 0 || resources.length === 0) continue;
    const key = JSON.stringify([resources, condition]);
    const statement = statements.get(key) ?? { actions: new Set<string>(), resources, ...(condition && { condition }) };
    for (const action of actions) statement.actions.add(action);
    statements.set(key, statement);
  }
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map(({ actions, resources, condition }) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: resources.map(sub),
      ...(condition === undefined ? {} : { Condition: condition }),
    })),
  };
}

/** Writing to the function's own log group. Creating it is CloudFormation's work. */
export function loggingGrant(functionName: string): Grant {
  return {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [arn('logs', `log-group:/aws/lambda/${functionName}:*`)],
  };
}

export function tableArn(entity: Entity): string {
  return arn('dynamodb', `table/\${${tableParameter(entity)}}`);
}

export function indexArn(entity: Entity, index: string): string {
  return `${tableArn(entity)}/index/${index}`;
}

/** What a function that answers one generated operation may do, and on which tables. */
export interface HandlerAccess {
  grants: Grant[];
  /** Entities whose tables the handler touches. */
  entities: Entity[];
  /** It creates or deletes a tenant, with its first or last member: `foundingGrants`, `dissolvingGrants`. */
  ofTenant?: 'found' | 'dissolve';
}

/**
 * Exactly what the runtime does for an operation:
 * - a row is read with GetItem, listed with Query on an index (or the table), written with PutItem, UpdateItem, DeleteItem;
 * - a write that does not find its row as it expects reads it, to tell a missing row from a changed one (`If-Match`);
 * - a unique value is claimed by a row of its own in the same table, put, looked at and deleted together with the entity's row;
 * - a referenced row is checked in the same transaction;
 * - rows that point to a deleted one are found by Query on the index, then deleted or updated as `on_delete` says, with
 *   their claims; a cascade goes on from there.
 * A transaction needs the permissions of its members, nothing of its own.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function operationAccess(scope: Scope, entity: Entity, model: EntityModel, operation: Operation): HandlerAccess {
  const access: HandlerAccess = { grants: [], entities: [entity] };
  const own = (...actions: string[]) => access.grants.push({ actions, resources: [tableArn(entity)] });
  const unique = claimedFields(entity).length > 0;
  switch (operation) {
    case 'get':
      own('dynamodb:GetItem');
      break;
    case 'list':
      access.grants.push(...listGrants(entity, model));
      break;
    case 'create':
      own('dynamodb:PutItem');
      if (unique) own('dynamodb:GetItem');
      checkReferences(scope, model, access);
      if (model.createsTenant !== undefined) access.ofTenant = 'found';
      break;
    case 'update':
      own('dynamodb:GetItem', 'dynamodb:UpdateItem');
      if (unique) own('dynamodb:PutItem', 'dynamodb:DeleteItem');
      checkReferences(scope, model, access);
      break;
    case 'delete':
      own('dynamodb:GetItem', entity.soft_delete ? 'dynamodb:UpdateItem' : 'dynamodb:DeleteItem');
      if (unique) own('dynamodb:DeleteItem');
      if (model.createsTenant !== undefined) access.ofTenant = 'dissolve';
      for (const reference of model.referencedBy) followReference(scope, reference, access);
      for (const reference of Object.values(model.below ?? {}).flat()) followReference(scope, reference, access);
      break;
  }
  return access;
}

/** Query on the table and the indexes that some request is answered from, and on no other. */
function listGrants(entity: Entity, { lists = [], scan }: EntityModel): Grant[] {
  const targets = lists.map(({ index }) => (index === undefined ? tableArn(entity) : indexArn(entity, index)));
  return [
    { actions: ['dynamodb:Query'], resources: [...new Set(targets)] },
    { actions: scan === true ? ['dynamodb:Scan'] : [], resources: [tableArn(entity)] },
  ];
}

function checkReferences(scope: Scope, model: EntityModel, access: HandlerAccess): void {
  for (const { entity: name } of model.references ?? []) {
    const entity = scope.entities.get(name);
    if (entity === undefined) continue;
    access.grants.push({ actions: ['dynamodb:ConditionCheckItem'], resources: [tableArn(entity)] });
    touch(access, entity);
  }
}

function followReference(
  scope: Scope,
  { entity: name, index, on_delete, unique }: ReferencedBy,
  access: HandlerAccess,
): void {
  const entity = scope.entities.get(name);
  if (entity === undefined) return;
  const own = (action: string) => access.grants.push({ actions: [action], resources: [tableArn(entity)] });
  access.grants.push({
    actions: ['dynamodb:Query'],
    resources: [index === undefined ? tableArn(entity) : indexArn(entity, index)],
  });
  if (on_delete === 'set_null') own('dynamodb:UpdateItem');
  if (on_delete === 'cascade') own(entity.soft_delete ? 'dynamodb:UpdateItem' : 'dynamodb:DeleteItem');
  if (unique !== undefined) own('dynamodb:DeleteItem');
  touch(access, entity);
}

function touch(access: HandlerAccess, entity: Entity): void {
  if (!access.entities.includes(entity)) access.entities.push(entity);
}

/** What a user's function may do with an entity that it uses; `readOnly` for `name:read`. Never Scan. */
export function entityGrants(scope: Scope, entity: Entity, readOnly: boolean): Grant[] {
  const writes = ['BatchWriteItem', 'ConditionCheckItem', 'DeleteItem', 'PutItem', 'UpdateItem'];
  const actions = ['BatchGetItem', 'GetItem', 'Query', ...(readOnly ? [] : writes)].map((name) => `dynamodb:${name}`);
  const indexes = indexesOf(scope, entity).map((index) => indexArn(entity, index.name));
  return [
    { actions, resources: [tableArn(entity)] },
    { actions: ['dynamodb:Query'], resources: indexes },
  ];
}

/** What a user's function may do with a storage that it uses. Listing also makes a missing object a 404, not a 403. */
export function storageGrants(bucketParameter: string, readOnly: boolean): Grant[] {
  const bucket = `arn:\${AWS::Partition}:s3:::\${${bucketParameter}}`;
  return [
    { actions: ['s3:GetObject', ...(readOnly ? [] : ['s3:PutObject', 's3:DeleteObject'])], resources: [`${bucket}/*`] },
    { actions: ['s3:ListBucket'], resources: [bucket] },
  ];
}

export function sendGrant(queueParameter: string): Grant {
  return { actions: ['sqs:SendMessage'], resources: [arn('sqs', `\${${queueParameter}}`)] };
}

/** What Lambda does to read the queue in the function's name; and hiding a message that failed until it is tried again. */
export function consumeGrant(queueParameter: string): Grant {
  return {
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
    resources: [arn('sqs', `\${${queueParameter}}`)],
  };
}

export function poolArn(userPoolParameter: string): string {
  return arn('cognito-idp', `userpool/\${${userPoolParameter}}`);
}

/** A durable function records its steps under its versions; the unqualified ARN never matches. */
export function durableGrant(functionName: string): Grant {
  return {
    actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
    resources: [arn('lambda', `function:${functionName}:*`)],
  };
}

/**
 * Answering what a workflow waits for. These calls are allowed by the execution's ARN, which begins with the version.
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-security.html
 */
export function callbackGrant(functionName: string): Grant {
  return {
    actions: ['lambda:SendDurableExecutionCallbackFailure', 'lambda:SendDurableExecutionCallbackSuccess'],
    resources: [arn('lambda', `function:${functionName}:*`)],
  };
}

export function invokeGrant(functionName: string, alias: string): Grant {
  return { actions: ['lambda:InvokeFunction'], resources: [arn('lambda', `function:${functionName}:${alias}`)] };
}
