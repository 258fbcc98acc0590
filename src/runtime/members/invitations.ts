import { type Answer, unauthenticated } from '../answer.ts';
import type { Call } from '../event.ts';
import { shownRow } from '../row.ts';
import type { World } from '../world.ts';
import { normalizedAddress } from './address.ts';
import { rowsWithAddress } from './by-address.ts';
import { statusOf } from './rows.ts';
import type { Team } from './team.ts';
import { poolOf } from './user-pool.ts';

/** The invitations to the caller's own address, which the user pool has verified; the newest first. */
export async function invitations(team: Team, call: Call, world: World): Promise<Answer> {
  const { sub } = call.caller;
  if (sub === undefined) return unauthenticated();
  const address = await verifiedAddress(sub, world);
  const rows = address === undefined ? [] : await rowsWithAddress(team, address, world);
  const open = rows.filter((row) => statusOf(row) === 'invited');
  return { kind: 'page', items: open.map((row) => shownRow(team.entity, row)), nextCursor: null };
}

async function verifiedAddress(user: string, world: World): Promise<string | undefined> {
  const known = await poolOf(world).find(user);
  return known?.verifiedEmail === undefined ? undefined : normalizedAddress(known.verifiedEmail);
}
