import { release } from './claim-steps.ts';
import { type Claiming, claimsOf } from './claims.ts';
import { patiently, writeOne } from './contention.ts';
import { deletedAt, updatedAt } from './entity.ts';
import { type Expression, expression } from './expression.ts';
import { revisionAttribute } from './revision.ts';
import type { Row } from './row.ts';
import { type Step, transact } from './transaction.ts';
import type { World } from './world.ts';

/** What happens to a row: it is deleted, marked as deleted, or loses the attribute that refers to another row. */
export type Ending = { kind: 'delete' } | { kind: 'mark' } | { kind: 'unset'; attribute: string };

/** Where the row is, and what its unique values are claimed by. */
export interface Place {
  table: string;
  claiming: Claiming;
}

/**
 * Ends a row in one write, its claims with it.
 * @param row as it was read: its key, and the values whose claims are released
 * @param condition terms that must hold for the row
 * @returns false when they do not
 */
export async function end(
  { table, claiming }: Place,
  row: Row,
  ending: Ending,
  condition: (in_: Expression) => string[],
  world: World,
): Promise<boolean> {
  const names = expression();
  const request = requestFor(ending, row, names, world);
  const item = {
    TableName: table,
    Key: keyOf(claiming.key, row),
    ConditionExpression: condition(names).join(' AND '),
    ...request,
    ...names.tables(),
  };
  const { UpdateExpression } = request;
  const lost = claimsOf(claiming, row).filter(
    ({ attribute }) => ending.kind !== 'unset' || attribute === ending.attribute,
  );
  if (lost.length === 0) {
    const written = await writeOne<unknown>(world, () =>
      UpdateExpression === undefined
        ? world.documents.delete(item)
        : world.documents.update({ ...item, UpdateExpression }),
    );
    return written.kind === 'done';
  }
  const foreign = new Set<string>();
  return patiently(world, async () => {
    const steps: Step<string | undefined>[] = [
      {
        item: UpdateExpression === undefined ? { Delete: item } : { Update: { ...item, UpdateExpression } },
        meaning: undefined,
      },
      ...lost.flatMap((claim) =>
        release(claiming, claim, row, table, { abandoned: new Map(), foreign }).map((step) => ({
          ...step,
          meaning: claim.id,
        })),
      ),
    ];
    const written = await transact(world, steps);
    if (written.kind === 'done') return true;
    if (written.kind === 'too-large' || written.meanings.includes(undefined)) return false;
    for (const id of written.meanings) if (id !== undefined) foreign.add(id);
    return undefined;
  });
}

/** The key of a row, as a request names it. */
export function keyOf({ partition, sort }: Claiming['key'], row: Row): Row {
  return { [partition]: row[partition], ...(sort === undefined ? {} : { [sort]: row[sort] }) };
}

function requestFor(ending: Ending, row: Row, names: Expression, world: World): { UpdateExpression?: string } {
  if (ending.kind === 'delete') return {};
  const now = world.now().toISOString();
  const sets = [`${names.name(revisionAttribute)} = ${names.value(world.newId())}`];
  if (ending.kind === 'mark') sets.push(`${names.name(deletedAt)} = ${names.value(now)}`);
  else if (Object.hasOwn(row, updatedAt)) sets.push(`${names.name(updatedAt)} = ${names.value(now)}`);
  const remove = ending.kind === 'unset' ? ` REMOVE ${names.name(ending.attribute)}` : '';
  return { UpdateExpression: `SET ${sets.join(', ')}${remove}` };
}
