import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { memberHandlers } from '../../../src/stacks/members/handlers.ts';
import { memberExport, memberVerbs } from '../../../src/stacks/members/operations.ts';
import { memberRoutes } from '../../../src/stacks/members/routes.ts';
import { openapiDocument } from '../../../src/stacks/openapi/document.ts';
import { scopeOf } from '../../../src/stacks/scope.ts';
import { codeOf, saasCrm, taskManager } from '../../builders/example-blueprints.ts';
import { compiled } from './compiled.ts';

function documented(): Blueprint {
  const text = readFileSync(new URL('../../fixtures/blueprints/documentation.json', import.meta.url), 'utf8');
  const { blueprint, problems } = parseBlueprint(text);
  assert.ok(blueprint, JSON.stringify(problems));
  return blueprint;
}

function scope(of: Blueprint) {
  const made = scopeOf(of, 'dev', codeOf(of));
  assert.ok(made);
  return made;
}

describe('members of a tenant', () => {
  const members = 'table/{OrganizationMembersTableName}';
  const pool = 'userpool/{UserPoolId}';

  it('have routes below their tenant', () => {
    assert.deepEqual(
      memberRoutes(scope(saasCrm())).map(({ method, path, access, body }) => [
        `${method} ${path}`,
        access.level === 'role' ? access.role : access.level,
        body,
      ]),
      [
        ['GET /v1/organizations/{id}/members', 'authenticated', undefined],
        ['POST /v1/organizations/{id}/members', 'admin', 'object'],
        ['POST /v1/organizations/{id}/members/accept', 'authenticated', undefined],
        ['PATCH /v1/organizations/{id}/members/{user_id}', 'admin', 'object'],
        ['DELETE /v1/organizations/{id}/members/{user_id}', 'authenticated', undefined],
        ['GET /v1/organizations/invitations', 'authenticated', undefined],
      ],
    );
    assert.deepEqual(memberRoutes(scope(taskManager())), []);
  });

  it('come with the documented example, which lists neither tenant nor members', () => {
    const { codes, stack } = compiled(documented());
    assert.deepEqual(codes, []);
    const implied = ['dynamodb', 'lambda', 'api'].map((layer) => {
      assert.ok(layer === 'dynamodb' || layer === 'lambda' || layer === 'api');
      return Object.entries(stack(layer).template.Resources)
        .filter(([, { Metadata }]) => Metadata?.Backdrift.source === 'tenancy')
        .map(([id]) => id);
    });
    assert.deepEqual(implied[0], [
      'OrganizationsTable',
      'OrganizationsTableThrottlesAlarm',
      'OrganizationMembersTable',
      'OrganizationMembersTableThrottlesAlarm',
    ]);
    assert.deepEqual(
      implied[1]?.filter((id) => id.endsWith('Function')),
      [
        'CreateOrganizationFunction',
        'GetOrganizationFunction',
        'UpdateOrganizationFunction',
        'MembersListFunction',
        'MembersInviteFunction',
        'MembersAcceptFunction',
        'MembersChangeFunction',
        'MembersRemoveFunction',
        'MembersInvitationsFunction',
      ],
    );
    assert.equal(implied[2]?.length, 9, 'a permission for each route');
  });

  it('are kept by tenant and user, and found by address', () => {
    const { property } = compiled(saasCrm());
    assert.deepEqual(property('dynamodb', 'OrganizationMembersTable', 'KeySchema'), [
      { AttributeName: 'organization_id', KeyType: 'HASH' },
      { AttributeName: 'user_id', KeyType: 'RANGE' },
    ]);
    assert.equal(
      property('dynamodb', 'OrganizationMembersTable', 'GlobalSecondaryIndexes', 0, 'IndexName'),
      'by_email',
    );
    assert.equal(property('dynamodb', 'OrganizationMembersTable', 'GlobalSecondaryIndexes', 1), undefined);
  });

  it('have functions that can do what their operation does and nothing else', () => {
    const { permissions } = compiled(saasCrm());
    const on = (target: string, ...actions: string[]) => actions.map((action) => `${action} ${target}`);
    assert.deepEqual(permissions('CreateOrganization'), [
      ...on(pool, 'cognito-idp:AdminAddUserToGroup', 'cognito-idp:AdminUpdateUserAttributes'),
      ...on(members, 'dynamodb:GetItem'),
      ...on('table/{OrganizationsTableName}', 'dynamodb:GetItem'),
      ...on(members, 'dynamodb:PutItem'),
      ...on('table/{OrganizationsTableName}', 'dynamodb:PutItem'),
      ...on(members, 'dynamodb:UpdateItem'),
    ]);
    assert.deepEqual(permissions('DeleteOrganization'), [
      ...on(pool, 'cognito-idp:AdminRemoveUserFromGroup', 'cognito-idp:AdminUpdateUserAttributes'),
      ...on(members, 'dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem'),
      ...on('table/{OrganizationsTableName}', 'dynamodb:DeleteItem'),
      ...on(members, 'dynamodb:GetItem'),
      ...on('table/{OrganizationsTableName}', 'dynamodb:GetItem'),
      ...on(members, 'dynamodb:Query', 'dynamodb:UpdateItem'),
    ]);
    assert.deepEqual(permissions('MembersList'), on(members, 'dynamodb:GetItem', 'dynamodb:Query'));
    assert.deepEqual(permissions('MembersInvite'), [
      ...on(pool, 'cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser'),
      ...on(members, 'dynamodb:ConditionCheckItem', 'dynamodb:GetItem'),
      ...on(`${members}/index/by_email`, 'dynamodb:Query'),
      ...on(members, 'dynamodb:UpdateItem'),
    ]);
    assert.deepEqual(permissions('MembersAccept'), [
      ...on(
        pool,
        'cognito-idp:AdminAddUserToGroup',
        'cognito-idp:AdminGetUser',
        'cognito-idp:AdminListGroupsForUser',
        'cognito-idp:AdminRemoveUserFromGroup',
        'cognito-idp:AdminUpdateUserAttributes',
      ),
      ...on(members, 'dynamodb:ConditionCheckItem'),
      ...on('table/{OrganizationsTableName}', 'dynamodb:ConditionCheckItem'),
      ...on(members, 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'),
    ]);
    assert.deepEqual(permissions('MembersChange'), [
      ...on(
        pool,
        'cognito-idp:AdminAddUserToGroup',
        'cognito-idp:AdminListGroupsForUser',
        'cognito-idp:AdminRemoveUserFromGroup',
      ),
      ...on(members, 'dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
    ]);
    assert.deepEqual(permissions('MembersRemove'), [
      ...on(
        pool,
        'cognito-idp:AdminListGroupsForUser',
        'cognito-idp:AdminRemoveUserFromGroup',
        'cognito-idp:AdminUpdateUserAttributes',
        'cognito-idp:AdminUserGlobalSignOut',
      ),
      ...on(members, 'dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
    ]);
    assert.deepEqual(permissions('MembersInvitations'), [
      ...on(pool, 'cognito-idp:AdminGetUser'),
      ...on(`${members}/index/by_email`, 'dynamodb:Query'),
    ]);
  });

  it('are in the description of the API', () => {
    const document = openapiDocument(saasCrm(), '/api');
    assert.deepEqual(Object.keys(document?.paths['/v1/organizations/{id}/members'] ?? {}), ['get', 'post']);
    assert.ok(document?.paths['/v1/organizations/invitations']);
  });

  it('are served by handlers that the same Blueprint finds again, and another environment does not', () => {
    const crm = saasCrm();
    assert.equal(memberHandlers(scope(crm)), memberHandlers(scope(crm)));
    const prod = scopeOf(crm, 'prod', codeOf(crm));
    assert.ok(prod);
    assert.notEqual(memberHandlers(prod), memberHandlers(scope(crm)));
  });

  it('leave the handlers of their tenant when they go', () => {
    const crm = saasCrm();
    compiled(crm);
    const without = { ...crm, entities: crm.entities.filter(({ name }) => name !== 'organization_member') };
    const body = (of: Blueprint) => compiled(of).stack('lambda').body;
    assert.equal(body(without), body(structuredClone(without)));
  });

  it('have one export of the runtime for each operation', () => {
    assert.equal(new Set(memberVerbs.map(memberExport)).size, memberVerbs.length);
  });
});
