import type { Expression } from './expression.ts';
import type { Plan } from './list-plan.ts';
import type { FieldCondition, KeyValue } from './list-question.ts';
import type { Row } from './row.ts';

/** The key condition of a query: the partition, and what is asked of the sort key. */
export function keyCondition({ partition, sort }: Plan, in_: Expression): string {
  const terms = partition.map(([attribute, value]) => `${in_.name(attribute)} = ${in_.value(value)}`);
  if (sort?.condition) terms.push(sortTerm(in_.name(sort.attribute), sort.condition, in_));
  return terms.join(' AND ');
}

/** DynamoDB takes one condition on a sort key. BETWEEN includes both ends; `isBetween` takes away what it should not. */
function sortTerm(name: string, condition: FieldCondition, in_: Expression): string {
  switch (condition.kind) {
    case 'equals':
      return `${name} = ${in_.value(condition.value)}`;
    case 'prefix':
      return `begins_with(${name}, ${in_.value(condition.value)})`;
    case 'range': {
      const { lower, upper } = condition;
      if (lower && upper) return `${name} BETWEEN ${in_.value(lower.value)} AND ${in_.value(upper.value)}`;
      if (upper) return `${name} ${upper.inclusive ? '<=' : '<'} ${in_.value(upper.value)}`;
      return `${name} ${lower?.inclusive ? '>=' : '>'} ${in_.value(lower?.value)}`;
    }
  }
}

/** No value lies between the two bounds. DynamoDB refuses to look for one. */
export function isEmptyRange({ sort }: Plan): boolean {
  const condition = sort?.condition;
  if (condition?.kind !== 'range' || !condition.lower || !condition.upper) return false;
  return order(condition.lower.value, condition.upper.value) > 0;
}

/** Whether a row lies between the bounds where one of them does not belong to the range. */
export function isBetween({ sort }: Plan, row: Row): boolean {
  if (sort?.condition?.kind !== 'range') return true;
  const { lower, upper } = sort.condition;
  const value = row[sort.attribute];
  return (
    !(lower?.inclusive === false && value === lower.value) && !(upper?.inclusive === false && value === upper.value)
  );
}

/** DynamoDB's own: numbers by value, text by its bytes in UTF-8. */
function order(left: KeyValue, right: KeyValue): number {
  if (typeof left !== 'string' && typeof right !== 'string') return left < right ? -1 : left > right ? 1 : 0;
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}
