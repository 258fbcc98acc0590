import type { Answer } from '../answer.ts';
import type { Call } from '../event.ts';
import { list as listRows } from '../list.ts';
import type { World } from '../world.ts';
import { memberOf } from './member.ts';
import type { Team } from './team.ts';

/** The members of one's tenant and its open invitations, a page at a time. */
export async function list(team: Team, call: Call, world: World): Promise<Answer> {
  const member = await memberOf(team, call, world);
  return member.kind === 'problem' ? member : listRows(team.entity, { call, guards: [], owned: {} }, world);
}
