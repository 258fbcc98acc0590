import type { Blueprint } from '../../blueprint/blueprint.ts';
import { type MemberVerb, memberOperations } from '../members/operations.ts';
import { teamOf } from '../members/team.ts';
import { pascal } from '../names.ts';
import type { JsonSchema } from '../request-schema.ts';
import { paging } from './entity-operations.ts';
import { entitySchemas, schemaNames } from './entity-schemas.ts';
import { type ApiAnswer, type ApiOperation, schemaRef } from './operation.ts';

/** The operations on the members of a tenant; none without tenants. */
export function memberApiOperations(blueprint: Blueprint): ApiOperation[] {
  const team = teamOf(blueprint);
  if (team === undefined) return [];
  const tenant = team.tenant.name.replaceAll('_', ' ');
  const names = schemaNames(team.members);
  const row = (status: 200 | 201, description: string): ApiAnswer => ({
    status,
    description,
    schema: schemaRef(names.row),
  });
  const page: ApiAnswer = { status: 200, description: 'A page of rows.', schema: schemaRef(names.page) };
  const described: Record<MemberVerb, Pick<ApiOperation, 'id' | 'summary' | 'description' | 'success' | 'problems'>> = {
    list: {
      id: `list${pascal(team.members.plural)}`,
      summary: `List the members of one’s ${tenant}, and its open invitations`,
      success: page,
      problems: [400, 404],
    },
    invite: {
      id: `invite${pascal(team.members.name)}`,
      summary: `Invite somebody by email`,
      description:
        'The answer is the same whoever has the address. Who has no account gets one, with a temporary password by email. To invite again sends that email again.',
      success: row(201, 'The invitation; 200 where there was one already.'),
      problems: [400, 404, 409, 415],
    },
    accept: {
      id: `accept${pascal(team.members.name)}`,
      summary: 'Accept an invitation',
      description:
        'Made to the verified address of the caller’s account. The tokens must be refreshed afterwards: the answer has x-token-refresh: required.',
      success: row(200, 'The member that the caller is now.'),
      problems: [404, 409],
    },
    change: {
      id: `change${pascal(team.members.name)}`,
      summary: 'Give a member another role',
      description: 'The last one who may change members keeps the role.',
      success: row(200, 'The member as it is now.'),
      problems: [400, 404, 409, 415],
    },
    remove: {
      id: `remove${pascal(team.members.name)}`,
      summary: 'Remove a member, or leave',
      description: 'Everybody may remove themselves. An id token that was given before stays valid until it expires.',
      success: { status: 204, description: 'It is done.' },
      problems: [404, 409],
    },
    invitations: {
      id: `list${pascal(team.members.name)}Invitations`,
      summary: 'List the invitations to one’s own address',
      success: page,
      problems: [400],
    },
  };
  return memberOperations(team).map(({ verb, method, path, access, body }) => ({
    method,
    path,
    tag: team.tenant.name,
    access,
    ...described[verb],
    ...(verb === 'list' ? { parameters: paging } : {}),
    ...(body === undefined ? {} : { request: body }),
  }));
}

/** What they answer with. Nobody creates or updates a member like another row. */
export function memberSchemas(blueprint: Blueprint): Record<string, JsonSchema> {
  const team = teamOf(blueprint);
  if (team === undefined) return {};
  const names = schemaNames(team.members);
  const schemas = entitySchemas(team.members);
  return Object.fromEntries(
    [names.row, names.page].flatMap((name) => {
      const schema = schemas[name];
      return schema === undefined ? [] : [[name, schema]];
    }),
  );
}
