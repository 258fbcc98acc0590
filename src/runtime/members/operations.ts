import type { MemberVerb } from '../../stacks/members/operations.ts';
import type { Answer } from '../answer.ts';
import type { Call } from '../event.ts';
import type { World } from '../world.ts';
import { accept } from './accept.ts';
import { change } from './change.ts';
import { invitations } from './invitations.ts';
import { invite } from './invite.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import type { Team } from './team.ts';

/** What each of the functions that manage members does. */
export const memberRuns: Readonly<Record<MemberVerb, (team: Team, call: Call, world: World) => Promise<Answer>>> = {
  list,
  invite,
  accept,
  change,
  remove,
  invitations,
};
