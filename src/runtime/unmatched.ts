import { forbidden, notFound, type Problem, preconditionFailed } from './answer.ts';
import type { RuntimeEntity } from './entity.ts';
import { type Guard, passes } from './guard.ts';
import { meets, type Precondition } from './revision.ts';
import type { Row } from './row.ts';
import type { World } from './world.ts';

/** The row of a key, as it stands after every write before. */
export async function readRow(entity: RuntimeEntity, key: Row, world: World): Promise<Row | undefined> {
  return (await world.documents.get({ TableName: world.table(entity.name), Key: key, ConsistentRead: true })).Item;
}

/** Whether a guard fails openly: the answer then depends on the row. */
export function isTold(guards: readonly Guard[]): boolean {
  return guards.some((guard) => 'seen' in guard);
}

/** Why a row cannot be written: the caller has none there, it is another's, or not in the state that the caller knows. */
export function unmatched(
  entity: RuntimeEntity,
  row: Row | undefined,
  guards: readonly Guard[],
  precondition: Precondition | undefined,
): Problem | undefined {
  if (
    row === undefined ||
    !passes(
      row,
      guards.filter((guard) => !('seen' in guard)),
    )
  )
    return notFound(entity.name);
  if (!passes(row, guards)) return forbidden(`Only the owner of this ${entity.name} may do this.`);
  return precondition && !meets(row, precondition) ? preconditionFailed(entity.name) : undefined;
}
