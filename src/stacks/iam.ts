import type { Entity } from '../blueprint/blueprint.ts';
import type { Operation } from '../blueprint/schema.ts';
import { tableParameter } from './dynamodb.ts';
import { indexesOf } from './indexes.ts';
import { arn, sub } from './layer.ts';
import type { EntityModel } from './model.ts';
import type { Scope } from './scope.ts';
import type { TemplateValue } from './template.ts';

/** Actions on resources (texts for Fn::Sub). Every statement allows; the least a function needs is all that it lists. */
export interface Grant {
  actions: string[];
  resources: string[];
}

/** Statements of one role, grants on the same resources in one. */
export function policyDocument(grants: readonly Grant[]): TemplateValue {
  const byResources = new Map<string, { actions: Set<string>; resources: string[] }>();
  for (const { actions, resources } of grants) {
    if (actions.length === 0 || resources.length === 0) continue;
    const key = JSON.stringify(resources);
    const statement = byResources.get(key) ?? { actions: new Set<string>(), resources };
    for (const action of actions) statement.actions.add(action);
    byResources.set(key, statement);
  }
  return {
    Version: '2012-10-17',
    Statement: [...byResources.values()].map(({ actions, resources }) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: resources.map(sub),
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
  /** It writes to the user pool (who creates a tenant becomes its admin). */
  userPool: boolean;
}

/**
 * Exactly what the runtime does for an operation:
 * - a row is read with GetItem, listed with Query on an index (or the table), written with PutItem, UpdateItem, DeleteItem;
 * - a unique value is claimed by a row of its own in the same table, written in one transaction with the entity's row;
 * - a referenced row is checked in the same transaction, or read before;
 * - a row that others may point to is read before it is deleted; those rows are found by Query on the index, then
 *   deleted or updated as `on_delete` says.
 * A transaction needs the permissions of its members, nothing of its own.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function operationAccess(scope: Scope, entity: Entity, model: EntityModel, operation: Operation): HandlerAccess {
  const access: HandlerAccess = { grants: [], entities: [entity], userPool: false };
  const own = (...actions: string[]) => access.grants.push({ actions, resources: [tableArn(entity)] });
  const unique = entity.fields.some((field) => field.unique);
  switch (operation) {
    case 'get':
      own('dynamodb:GetItem');
      break;
    case 'list':
      access.grants.push(...listGrants(entity, model));
      break;
    case 'create':
      own('dynamodb:PutItem');
      checkReferences(scope, model, access);
      access.userPool = model.createsTenant !== undefined;
      break;
    case 'update':
      own('dynamodb:UpdateItem');
      if (unique) own('dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem');
      checkReferences(scope, model, access);
      break;
    case 'delete':
      own(entity.soft_delete ? 'dynamodb:UpdateItem' : 'dynamodb:DeleteItem');
      if (unique) own('dynamodb:GetItem', 'dynamodb:DeleteItem');
      if (model.referencedBy.length > 0) own('dynamodb:GetItem');
      followReferences(scope, model, access);
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
    access.grants.push({ actions: ['dynamodb:ConditionCheckItem', 'dynamodb:GetItem'], resources: [tableArn(entity)] });
    touch(access, entity);
  }
}

function followReferences(scope: Scope, model: EntityModel, access: HandlerAccess): void {
  for (const { entity: name, index, on_delete } of model.referencedBy) {
    const entity = scope.entities.get(name);
    if (entity === undefined) continue;
    const target = index === undefined ? tableArn(entity) : indexArn(entity, index);
    access.grants.push({ actions: ['dynamodb:Query'], resources: [target] });
    if (on_delete === 'set_null')
      access.grants.push({ actions: ['dynamodb:UpdateItem'], resources: [tableArn(entity)] });
    if (on_delete === 'cascade') {
      const remove = entity.soft_delete ? 'dynamodb:UpdateItem' : 'dynamodb:DeleteItem';
      access.grants.push({ actions: [remove], resources: [tableArn(entity)] });
    }
    touch(access, entity);
  }
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

export function storageGrant(bucketParameter: string, readOnly: boolean): Grant {
  return {
    actions: ['s3:GetObject', ...(readOnly ? [] : ['s3:PutObject', 's3:DeleteObject'])],
    resources: [`arn:\${AWS::Partition}:s3:::\${${bucketParameter}}/*`],
  };
}

export function sendGrant(queueParameter: string): Grant {
  return { actions: ['sqs:SendMessage'], resources: [arn('sqs', `\${${queueParameter}}`)] };
}

export function consumeGrant(queueParameter: string): Grant {
  return {
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [arn('sqs', `\${${queueParameter}}`)],
  };
}

/** The two calls with which the creator of a tenant becomes its first user. */
export function tenantGrant(userPoolParameter: string): Grant {
  return {
    actions: ['cognito-idp:AdminAddUserToGroup', 'cognito-idp:AdminUpdateUserAttributes'],
    resources: [arn('cognito-idp', `userpool/\${${userPoolParameter}}`)],
  };
}

/** A durable function records its steps under its versions; the unqualified ARN never matches. */
export function durableGrant(functionName: string): Grant {
  return {
    actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
    resources: [arn('lambda', `function:${functionName}:*`)],
  };
}

export function invokeGrant(functionName: string, alias: string): Grant {
  return { actions: ['lambda:InvokeFunction'], resources: [arn('lambda', `function:${functionName}:${alias}`)] };
}
