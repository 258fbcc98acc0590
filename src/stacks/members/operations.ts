import type { Access } from '../../blueprint/blueprint.ts';
import { kebabCase } from '../../blueprint/naming.ts';
import type { JsonSchema } from '../request-schema.ts';
import type { HttpMethod } from '../routes.ts';
import type { Team } from './team.ts';

export const memberVerbs = ['list', 'invite', 'accept', 'change', 'remove', 'invitations'] as const;
/**
 * What can be done with members: `list` those of one's tenant, `invite` by email, `accept` an invitation, `change` a
 * role, `remove` somebody or oneself, and see one's own `invitations`.
 */
export type MemberVerb = (typeof memberVerbs)[number];

export interface MemberOperation {
  verb: MemberVerb;
  method: HttpMethod;
  /** `/v1/organizations/{id}/members` */
  path: string;
  /** As the token says it, for readers: the functions look into the table of members, which is never out of date. */
  access: Access;
  /** JSON Schema of the body. */
  body?: JsonSchema;
}

/** The longest address that SMTP can carry. https://www.rfc-editor.org/errata/eid1690 */
export const longestEmail = 254;

/** Every operation on members, with its route below the tenant's. */
export function memberOperations(team: Team): MemberOperation[] {
  const { tenant, resource, leader } = team;
  const base = resource.base_path === '/' ? '' : resource.base_path;
  const members = `${base}/{${tenant.key.partition}}/members`;
  const anyone: Access = { level: 'authenticated' };
  const leaders: Access = { level: 'role', role: leader };
  const role = { type: 'string', enum: [...team.roles] };
  const email = { type: 'string', minLength: 3, maxLength: longestEmail };
  return [
    { verb: 'list', method: 'GET', path: members, access: anyone },
    { verb: 'invite', method: 'POST', path: members, access: leaders, body: bodyOf({ email, role }) },
    { verb: 'accept', method: 'POST', path: `${members}/accept`, access: anyone },
    { verb: 'change', method: 'PATCH', path: `${members}/{user_id}`, access: leaders, body: bodyOf({ role }) },
    { verb: 'remove', method: 'DELETE', path: `${members}/{user_id}`, access: anyone },
    { verb: 'invitations', method: 'GET', path: `${base}/invitations`, access: anyone },
  ];
}

function bodyOf(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** `invite-organization-member-handler`. The verbs are none of the generated operations', so names cannot meet. */
export function memberLabel({ members }: Team, verb: MemberVerb): string {
  const what = verb === 'list' ? members.plural : kebabCase(members.name);
  return verb === 'invitations' ? `own-${what}-invitations-handler` : `${verb}-${what}-handler`;
}

/** The stem of the logical ids: `MembersInvite`. */
export function memberStem(verb: MemberVerb): string {
  return `Members${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
}

/** The export of the runtime that does it. */
export function memberExport(verb: MemberVerb): string {
  return verb === 'invitations' ? 'ownInvitations' : `${verb}${verb === 'list' ? 'Members' : 'Member'}`;
}
