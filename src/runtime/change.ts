import { type RuntimeEntity, updatedAt } from './entity.ts';
import { expiryTwin } from './expiry.ts';
import type { Expression } from './expression.ts';
import { listAttributes } from './list-attributes.ts';
import { revisionAttribute } from './revision.ts';
import type { ReadFields, Row } from './row.ts';
import type { World } from './world.ts';

/** What an update stores and takes away, by attribute. */
export interface Change {
  set: Row;
  remove: string[];
}

/** The change that a caller asks for, and what Backdrift keeps beside it. */
export function changeOf(
  entity: RuntimeEntity,
  { set, clear }: Extract<ReadFields, { kind: 'fields' }>,
  world: World,
): Change {
  const remove = clear.map((rule) => rule.attribute);
  if (entity.expiry && clear.includes(entity.expiry.rule)) remove.push(entity.expiry.attribute);
  return {
    set: {
      ...Object.fromEntries([...set].map(([rule, value]) => [rule.attribute, value])),
      ...expiryTwin(entity, set),
      ...listAttributes(entity),
      ...(entity.timestamps ? { [updatedAt]: world.now().toISOString() } : {}),
      [revisionAttribute]: world.newId(),
    },
    remove,
  };
}

/** As an UpdateExpression. */
export function changeExpression({ set, remove }: Change, in_: Expression): string {
  const sets = Object.entries(set).map(([attribute, value]) => `${in_.name(attribute)} = ${in_.value(value)}`);
  const removes = remove.map((attribute) => in_.name(attribute));
  return `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`;
}

/** A row as the change leaves it. */
export function changed(row: Row, { set, remove }: Change): Row {
  const after: Row = { ...row, ...set };
  for (const attribute of remove) delete after[attribute];
  return after;
}

/** Whether an attribute is set or taken away. */
export function touches({ set, remove }: Change, attribute: string | undefined): boolean {
  return attribute !== undefined && (Object.hasOwn(set, attribute) || remove.includes(attribute));
}
