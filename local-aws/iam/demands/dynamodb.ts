import * as z from 'zod';
import type { AwsCall } from '../aws-call.ts';
import { arnOf, type Demand, type Demands, demand, unknownAction } from './demand.ts';

const OnTable = z.looseObject({ TableName: z.string(), IndexName: z.string().optional() });
const Batch = z.looseObject({ RequestItems: z.record(z.string(), z.unknown()) });
const Transaction = z.looseObject({ TransactItems: z.array(z.record(z.string(), OnTable.optional())) });

/** Actions on one table, or one of its indexes. */
const onTable = new Set([
  'DeleteItem',
  'DescribeContinuousBackups',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
]);

/** What the members of a transaction count as. A transaction needs no permission of its own. */
const members: Readonly<Record<string, string>> = {
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Delete: 'dynamodb:DeleteItem',
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
};

/**
 * Without PartiQL, streams, and the administration of tables, which functions of a Blueprint never have.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function dynamodbDemands(call: AwsCall): Demands {
  const { operation, input } = call;
  const tableArn = (name: string) => arnOf(call, 'dynamodb', name.startsWith('arn:') ? name : `table/${name}`);
  if (onTable.has(operation)) {
    const { TableName, IndexName } = OnTable.parse(input);
    const resource = IndexName === undefined ? tableArn(TableName) : `${tableArn(TableName)}/index/${IndexName}`;
    return { kind: 'demands', demands: [{ action: `dynamodb:${operation}`, resource }] };
  }
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    const tables = Object.keys(Batch.parse(input).RequestItems);
    return {
      kind: 'demands',
      demands: tables.map((name) => ({ action: `dynamodb:${operation}`, resource: tableArn(name) })),
    };
  }
  if (operation === 'TransactGetItems' || operation === 'TransactWriteItems') {
    const demands = new Map<string, Demand>();
    for (const item of Transaction.parse(input).TransactItems) {
      for (const [kind, member] of Object.entries(item)) {
        if (member === undefined) continue;
        const action = Object.hasOwn(members, kind) ? members[kind] : undefined;
        if (action === undefined) return unknownAction(call);
        const resource = tableArn(member.TableName);
        demands.set(`${action} ${resource}`, {
          action,
          resource,
          context: { 'dynamodb:EnclosingOperation': operation },
        });
      }
    }
    return { kind: 'demands', demands: [...demands.values()] };
  }
  return operation === 'ListTables' ? demand('dynamodb:ListTables', '*') : unknownAction(call);
}
