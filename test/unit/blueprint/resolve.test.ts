import assert from 'node:assert/strict';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { exampleTexts } from './mutations.ts';

function resolved(text: string): Blueprint {
  const { blueprint, problems } = parseBlueprint(`project: { name: My Shop }\n${text}`);
  assert.ok(blueprint, JSON.stringify(problems));
  return blueprint;
}

function fieldsOf(blueprint: Blueprint, entity: string): string[] {
  const fields = blueprint.entities.find(({ name }) => name === entity)?.fields ?? [];
  return fields.map(
    ({ name, type, required, managed }) => `${name}:${type}${required ? '!' : ''}${managed ? ' managed' : ''}`,
  );
}

describe('A resolved Blueprint', () => {
  it('has a slug, a region and an environment', () => {
    const { project, region, environments, tenancy, validation } = resolved('');
    assert.deepEqual(project, { name: 'My Shop', slug: 'my-shop' });
    assert.equal(region, 'us-east-2');
    assert.deepEqual(environments, { dev: { region: 'us-east-2', protected: false } });
    assert.deepEqual(tenancy, { mode: 'single_tenant' });
    assert.deepEqual(validation, { suppress: [] });
  });

  it('gives every environment its region', () => {
    const { environments } = resolved(
      'region: us-west-2\nenvironments: { dev: {}, prod: { region: us-east-1, account: "123456789012", protected: true } }',
    );
    assert.deepEqual(environments, {
      dev: { region: 'us-west-2', protected: false },
      prod: { region: 'us-east-1', account: '123456789012', protected: true },
    });
    assert.deepEqual(Object.keys(resolved('environments: {}').environments), ['dev']);
  });

  it('adds the automatic fields', () => {
    const blueprint = resolved('entities: [ { name: task, fields: [ { name: title, required: true } ] } ]');
    assert.deepEqual(fieldsOf(blueprint, 'task'), [
      'id:string! managed',
      'title:string!',
      'created_at:datetime! managed',
      'updated_at:datetime! managed',
    ]);
  });

  it('leaves out and adds what the entity says', () => {
    const blueprint = resolved('entities: [ { name: task, timestamps: false, soft_delete: true } ]');
    assert.deepEqual(fieldsOf(blueprint, 'task'), ['id:string! managed', 'deleted_at:datetime managed']);
  });

  it('puts the key first, and adds no id where there is another key', () => {
    const blueprint = resolved(
      `entities:
  - name: line
    timestamps: false
    fields:
      - { name: text }
      - { name: number, type: integer, primary: true, sort: true }
      - { name: order_id, primary: true }
`,
    );
    assert.deepEqual(fieldsOf(blueprint, 'line'), ['order_id:string!', 'number:integer!', 'text:string']);
    assert.deepEqual(blueprint.entities[0]?.key, { partition: 'order_id', sort: 'number' });
  });

  it('manages listed automatic fields and the owner field', () => {
    const blueprint = resolved(
      `entities:
  - name: note
    owner_field: author
    fields: [ { name: created_at, type: datetime }, { name: id }, { name: author } ]
`,
    );
    assert.deepEqual(fieldsOf(blueprint, 'note'), [
      'id:string! managed',
      'created_at:datetime! managed',
      'author:string managed',
      'updated_at:datetime! managed',
    ]);
  });

  it('adds the tenant field, and the tenant entity that is not listed', () => {
    const { blueprint } = parseBlueprint(exampleTexts['test/fixtures/blueprints/documentation.json'] ?? '');
    assert.ok(blueprint);
    assert.deepEqual(blueprint.tenancy, {
      mode: 'multi_tenant',
      tenant_entity: 'organization',
      field: 'organization_id',
      member_entity: 'organization_member',
    });
    assert.ok(fieldsOf(blueprint, 'task').includes('organization_id:string! managed'));
    assert.deepEqual(fieldsOf(blueprint, 'organization').slice(0, 2), ['id:string! managed', 'name:string!']);
    assert.equal(blueprint.entities.at(-2)?.tenancy, 'global');
  });

  it('gives tenants routes and members, where there is an API and sign-in', () => {
    const { blueprint } = parseBlueprint(exampleTexts['test/fixtures/blueprints/documentation.json'] ?? '');
    assert.deepEqual(blueprint?.api?.resources.at(-1), {
      entity: 'organization',
      base_path: '/organizations',
      operations: [
        { operation: 'create', access: { level: 'authenticated' } },
        { operation: 'get', access: { level: 'authenticated' } },
        { operation: 'update', access: { level: 'role', role: 'admin' } },
      ],
      allow_scan: false,
      implied: true,
    });
    const members = blueprint?.entities.at(-1);
    assert.deepEqual(members?.key, { partition: 'organization_id', sort: 'user_id' });
    assert.deepEqual(members?.fields.find(({ name }) => name === 'role')?.enum, ['admin', 'member', 'viewer']);
    assert.equal(members?.implied, true);

    const without = resolved('auth: {}\ntenancy: { mode: multi_tenant, tenant_entity: team }\n');
    assert.deepEqual(without.tenancy, { mode: 'multi_tenant', tenant_entity: 'team', field: 'team_id' });
    assert.deepEqual(
      without.entities.map(({ name }) => name),
      ['team'],
    );
  });

  it('leaves the routes of a listed tenant as they are', () => {
    const { api, entities } = resolved(
      `auth: { roles: [owner_of_all] }
tenancy: { mode: multi_tenant, tenant_entity: team }
api: { resources: [ { entity: team, base_path: /v1/teams, operations: [get] } ] }
`,
    );
    assert.equal(api?.resources.length, 1);
    assert.deepEqual(
      api?.resources[0]?.operations.map(({ operation }) => operation),
      ['get'],
    );
    assert.deepEqual(
      entities.map(({ name, implied }) => [name, implied]),
      [
        ['team', true],
        ['team_member', true],
      ],
    );
  });

  it('gives tenants the roles admin and member where it names none, and one tenant none', () => {
    const multi = resolved('auth: {}\ntenancy: { mode: multi_tenant, tenant_entity: team }\napi: {}\n');
    assert.deepEqual(multi.auth?.roles, ['admin', 'member']);
    assert.deepEqual(resolved('auth: {}\napi: {}\n').auth?.roles, []);
    const first = resolved(
      'auth: { roles: [boss, clerk] }\ntenancy: { mode: multi_tenant, tenant_entity: team }\napi: {}',
    );
    assert.deepEqual(first.api?.resources[0]?.operations.at(-1)?.access, { level: 'role', role: 'boss' });
  });

  it('writes out paths and access', () => {
    const { api } = resolved(
      `auth: { roles: [admin] }
entities:
  - name: line_item
    owner_field: owner_id
    fields: [ { name: owner_id } ]
api:
  resources: [ { entity: line_item, operations: [delete, list, get], auth: { delete: owner, get: admin } } ]
`,
    );
    assert.deepEqual(api?.resources, [
      {
        entity: 'line_item',
        base_path: '/line-items',
        operations: [
          { operation: 'list', access: { level: 'authenticated' } },
          { operation: 'get', access: { level: 'role', role: 'admin' } },
          { operation: 'delete', access: { level: 'owner' } },
        ],
        allow_scan: false,
      },
    ]);
    assert.deepEqual(api?.throttle, { rate: 50, burst: 100 });
  });

  it('is public by default where nobody signs in', () => {
    const { api } = resolved(
      'entities: [ { name: post } ]\napi: { resources: [ { entity: post, operations: [list] } ] }',
    );
    assert.deepEqual(api?.resources[0]?.operations, [{ operation: 'list', access: { level: 'public' } }]);
  });

  it('is plain JSON', () => {
    for (const text of Object.values(exampleTexts)) {
      const { blueprint } = parseBlueprint(text);
      assert.deepEqual(JSON.parse(JSON.stringify(blueprint)), blueprint);
    }
  });
});
