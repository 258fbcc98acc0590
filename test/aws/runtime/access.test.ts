import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { Operation } from '../../../src/blueprint/schema.ts';
import type { ListPath } from '../../../src/stacks/model.ts';
import { byCreation, entity, field, model } from '../../builders/entity-models.ts';
import { type Moto, motoFor } from '../support/moto.ts';
import { type Asked, type Bench, bench, connect, makeTable } from './bench.ts';

const operations: Operation[] = ['list', 'create', 'get', 'update', 'delete'];

describe('who may do what', () => {
  let moto: Moto | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocument;
  before(async function () {
    moto = await motoFor(this);
    ({ client, documents } = connect(moto.endpoint));
  });
  after(async () => {
    client?.destroy();
    await moto?.stop();
  });

  async function newRow(of: Bench, asked: Asked): Promise<string> {
    const answer = await of.ask('create', asked);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return String(answer.body.id);
  }

  it('asks for a token, then for the role', async () => {
    await makeTable(client, 'secrets', { partition: 'id' }, [{ name: 'backdrift-list', partition: '_list' }]);
    const of = entity('secret', [field('text', 'string')]);
    const secrets = bench(documents, model(of, {}, { level: 'role', role: 'admin' }), { secret: 'secrets' });
    for (const operation of operations) {
      const asked = { id: 'x', body: { text: 'a' } };
      assert.equal((await secrets.ask(operation, asked)).status, 401, operation);
      const member = { sub: 'u1', 'cognito:groups': 'member,administrators' };
      assert.equal((await secrets.ask(operation, { ...asked, claims: member })).status, 403, operation);
    }
    for (const groups of ['member,admin', ['admin']]) {
      await newRow(secrets, { body: { text: 'a' }, claims: { sub: 'u1', 'cognito:groups': groups } });
    }
    const { delete: _, ...most } = model(of).operations;
    const noDelete = bench(documents, { ...model(of), operations: most }, { secret: 'secrets' });
    assert.equal((await noDelete.ask('delete', { id: 'x' })).status, 403);
  });

  describe('rows of an owner', () => {
    let diary: Bench;
    const mine = { sub: 'me' };
    const theirs = { sub: 'them' };
    before(async () => {
      await makeTable(client, 'entries', { partition: 'id' }, [
        { name: 'by_owner', partition: 'owner_id', sort: 'created_at' },
      ]);
      const of = entity('entry', [field('text', 'string'), field('owner_id', 'string', { managed: true })], {
        owner_field: 'owner_id',
      });
      const byOwner: ListPath = {
        index: 'by_owner',
        partition: [{ attribute: 'owner_id', from: 'owner' }],
        sort: byCreation,
      };
      diary = bench(documents, model(of, { lists: [byOwner] }, { level: 'owner' }), { entry: 'entries' });
    });

    it('sets the owner from the token, never from the body', async () => {
      const answer = await diary.ask('create', { body: { text: 'a' }, claims: mine });
      assert.equal(answer.body.owner_id, 'me');
      const forged = await diary.ask('create', { body: { text: 'a', owner_id: 'them' }, claims: mine });
      assert.equal(forged.status, 400);
    });

    it('hides other people’s rows from every operation', async () => {
      const id = await newRow(diary, { body: { text: 'private' }, claims: mine });
      assert.equal((await diary.ask('get', { id, claims: theirs })).status, 404);
      assert.equal((await diary.ask('update', { id, body: { text: 'x' }, claims: theirs })).status, 404);
      assert.equal((await diary.ask('delete', { id, claims: theirs })).status, 404);
      assert.deepEqual((await diary.ask('list', { claims: theirs })).body.items, []);
      assert.equal((await diary.ask('get', { id, claims: mine })).body.text, 'private');
    });

    it('does not let a cursor lead into other people’s rows', async () => {
      for (let n = 0; n < 3; n++) await newRow(diary, { body: { text: `${n}` }, claims: mine });
      const page = await diary.ask('list', { query: { limit: '1' }, claims: mine });
      assert.ok(typeof page.body.next_cursor === 'string');
      const stolen = await diary.ask('list', { query: { cursor: page.body.next_cursor }, claims: theirs });
      assert.deepEqual([stolen.status, stolen.body.items], [400, undefined]);
      assert.ok(!Buffer.from(page.body.next_cursor, 'base64url').toString().includes('me"'));
    });
  });

  describe('rows of a tenant', () => {
    let projects: Bench;
    let tasks: Bench;
    const acme = { sub: 'a', 'custom:tenant_id': 'acme' };
    const rival = { sub: 'r', 'custom:tenant_id': 'rival' };
    before(async () => {
      const byTenant = { name: 'by_tenant', partition: 'organization_id', sort: 'created_at' };
      await makeTable(client, 'projects', { partition: 'id' }, [byTenant]);
      await makeTable(client, 'work', { partition: 'id' }, [byTenant, { name: 'by_project', partition: 'project_id' }]);
      const tenantField = field('organization_id', 'string', { managed: true });
      const lists: ListPath[] = [
        { index: 'by_tenant', partition: [{ attribute: 'organization_id', from: 'tenant' }], sort: byCreation },
      ];
      const tables = { project: 'projects', task: 'work' };
      const tenancy = { field: 'organization_id' };
      const everyone = { level: 'authenticated' } as const;
      projects = bench(
        documents,
        model(
          entity('project', [field('name', 'string'), tenantField], { tenancy: 'tenant' }),
          {
            lists,
            tenancy,
            referencedBy: [{ entity: 'task', field: 'project_id', index: 'by_project', on_delete: 'restrict' }],
          },
          everyone,
        ),
        tables,
      );
      tasks = bench(
        documents,
        model(
          entity('task', [field('project_id', 'string', { references: 'project' }), tenantField], {
            tenancy: 'tenant',
          }),
          {
            lists,
            tenancy,
            references: [{ field: 'project_id', entity: 'project', key: 'id', tenantField: 'organization_id' }],
          },
          everyone,
        ),
        tables,
      );
    });

    it('keeps tenants apart in every operation', async () => {
      const id = await newRow(projects, { body: { name: 'Plan' }, claims: acme });
      assert.equal((await projects.ask('get', { id, claims: acme })).body.organization_id, 'acme');
      assert.equal((await projects.ask('get', { id, claims: rival })).status, 404);
      assert.equal((await projects.ask('update', { id, body: { name: 'x' }, claims: rival })).status, 404);
      assert.equal((await projects.ask('delete', { id, claims: rival })).status, 404);
      assert.deepEqual((await projects.ask('list', { claims: rival })).body.items, []);
      const forged = await projects.ask('create', { body: { name: 'x', organization_id: 'acme' }, claims: rival });
      assert.equal(forged.status, 400);
    });

    it('has nothing for a caller without a tenant', async () => {
      for (const operation of operations) {
        assert.equal((await projects.ask(operation, { id: 'x', body: {}, claims: { sub: 'a' } })).status, 403);
      }
    });

    it('lets a row refer to rows of its own tenant only', async () => {
      const project_id = await newRow(projects, { body: { name: 'Plan' }, claims: acme });
      const id = await newRow(tasks, { body: { project_id }, claims: acme });
      for (const [claims, named] of [
        [rival, project_id],
        [acme, 'missing'],
        [acme, ''],
        [acme, 'x'.repeat(3000)],
      ] as const) {
        const answer = await tasks.ask('create', { body: { project_id: named }, claims });
        assert.equal(answer.status, 400);
        assert.match(JSON.stringify(answer.body.errors), /project_id/);
      }
      assert.equal((await tasks.ask('update', { id, body: { project_id: 'missing' }, claims: acme })).status, 400);
      assert.equal((await tasks.ask('update', { id, body: { project_id: null }, claims: acme })).status, 200);
    });

    it('does not delete what others refer to, and tells only those who may see it', async () => {
      const project_id = await newRow(projects, { body: { name: 'Plan' }, claims: acme });
      const id = await newRow(tasks, { body: { project_id }, claims: acme });
      assert.equal((await projects.ask('delete', { id: project_id, claims: rival })).status, 404);
      assert.equal((await projects.ask('delete', { id: project_id, claims: acme })).status, 409);
      assert.equal((await tasks.ask('delete', { id, claims: acme })).status, 204);
      assert.equal((await projects.ask('delete', { id: project_id, claims: acme })).status, 204);
    });

    it('shows a tenant itself and no other', async () => {
      await makeTable(client, 'organizations', { partition: 'id' }, []);
      const organizations = bench(
        documents,
        model(
          entity('organization', [field('name', 'string')]),
          { lists: [{ partition: [{ attribute: 'id', from: 'tenant' }] }], tenancy: { field: 'id', self: true } },
          { level: 'authenticated' },
        ),
        { organization: 'organizations' },
      );
      const id = await newRow(organizations, { body: { name: 'Acme' }, claims: { sub: 'founder' } });
      const member = { sub: 'founder', 'custom:tenant_id': id };
      assert.equal((await organizations.ask('get', { id, claims: member })).body.name, 'Acme');
      assert.equal((await organizations.ask('get', { id, claims: rival })).status, 404);
      const listed = await organizations.ask('list', { claims: member });
      assert.ok(Array.isArray(listed.body.items));
      assert.deepEqual([listed.body.items.length, listed.body.next_cursor], [1, null]);
    });
  });

  describe('what deleting drags along', () => {
    const cases = [
      { on_delete: 'cascade', soft: false },
      { on_delete: 'cascade', soft: true },
      { on_delete: 'set_null', soft: false },
    ] as const;
    for (const { on_delete, soft } of cases) {
      it(`${on_delete}${soft ? ', softly' : ''}: 60 rows that refer to the deleted one, and no other`, async () => {
        const suffix = `${on_delete}-${soft}`;
        const tables = { parent: `parents-${suffix}`, child: `children-${suffix}` };
        await makeTable(client, tables.parent, { partition: 'id' }, []);
        await makeTable(client, tables.child, { partition: 'id' }, [{ name: 'by_parent', partition: 'parent_id' }]);
        const reference = {
          entity: 'child',
          field: 'parent_id',
          index: 'by_parent',
          on_delete,
          key: { partition: 'id' },
          ...(soft ? { soft_delete: true as const } : {}),
        };
        const parents = bench(documents, model(entity('parent', []), { referencedBy: [reference] }), tables);
        const of = entity('child', [field('parent_id', 'string', { references: 'parent' })], { soft_delete: soft });
        const children = bench(
          documents,
          model(of, { references: [{ field: 'parent_id', entity: 'parent', key: 'id' }] }),
          tables,
        );
        const [doomed, spared] = [await newRow(parents, { body: {} }), await newRow(parents, { body: {} })];
        const ids: string[] = [];
        for (let n = 0; n < 60; n++) ids.push(await newRow(children, { body: { parent_id: doomed } }));
        const other = await newRow(children, { body: { parent_id: spared } });
        assert.equal((await parents.ask('delete', { id: doomed })).status, 204);
        for (const id of ids) {
          const child = await children.ask('get', { id });
          if (on_delete === 'cascade') assert.equal(child.status, 404);
          else assert.deepEqual([child.status, child.body.parent_id], [200, null]);
        }
        assert.equal((await children.ask('get', { id: other })).body.parent_id, spared);
        const kept = await documents.scan({ TableName: tables.child, Select: 'COUNT' });
        assert.equal(kept.Count, on_delete === 'cascade' && !soft ? 1 : 61);
      });
    }
  });

  it('hides softly deleted rows, keeps them in the table, and fills pages around them', async () => {
    await makeTable(client, 'letters', { partition: 'id' }, [
      { name: 'backdrift-list', partition: '_list', sort: 'created_at' },
    ]);
    const of = entity('letter', [field('text', 'string'), field('deleted_at', 'datetime', { managed: true })], {
      soft_delete: true,
    });
    const letters = bench(documents, model(of), { letter: 'letters' });
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push(await newRow(letters, { body: { text: `${n}` } }));
    for (const id of ids.slice(0, 5)) assert.equal((await letters.ask('delete', { id })).status, 204);
    const [gone = '', , , , , kept = ''] = ids;
    assert.equal((await letters.ask('delete', { id: gone })).status, 404);
    assert.equal((await letters.ask('get', { id: gone })).status, 404);
    assert.equal((await letters.ask('update', { id: gone, body: { text: 'x' } })).status, 404);
    const page = await letters.ask('list', { query: { limit: '2' } });
    assert.ok(Array.isArray(page.body.items));
    assert.deepEqual(
      page.body.items.map((row) => row.id),
      [kept, ids[6]],
    );
    assert.ok(!('deleted_at' in page.body.items[0]));
    assert.ok((await documents.get({ TableName: 'letters', Key: { id: gone } })).Item?.deleted_at);
  });

  it('stores a renamed field under its first name and an expiry as seconds beside it', async () => {
    await makeTable(client, 'sessions', { partition: 'id' }, []);
    const of = entity('session', [field('label', 'string', { renamed_from: 'name' }), field('ends_at', 'datetime')], {
      ttl: 'ends_at',
    });
    const sessions = bench(documents, model(of, { ttl: { field: 'ends_at', attribute: '_ttl' } }), {
      session: 'sessions',
    });
    const id = await newRow(sessions, { body: { label: 'a', ends_at: '2030-01-01T00:00:00Z' } });
    const stored = async () => (await documents.get({ TableName: 'sessions', Key: { id } })).Item ?? {};
    assert.deepEqual([(await stored()).name, (await stored())._ttl], ['a', 1893456000]);
    const changed = await sessions.ask('update', { id, body: { label: 'b', ends_at: null } });
    assert.deepEqual([changed.body.label, changed.body.ends_at], ['b', null]);
    assert.ok(!('_ttl' in (await stored())) && !('label' in (await stored())));
    assert.ok(!('_ttl' in changed.body) && !('name' in changed.body));
  });

  it('lets only the allowed web origins read an answer', async () => {
    const of = model(entity('thing', []));
    const headersFor = async (origins: string[], origin?: string) => {
      const things = bench(documents, of, { thing: 'none' }, origins);
      return (await things.ask('get', { ...(origin ? { headers: { ORIGIN: origin } } : {}) })).headers;
    };
    const allow = 'access-control-allow-origin';
    assert.equal((await headersFor(['https://a.example'], 'https://a.example'))[allow], 'https://a.example');
    assert.equal((await headersFor(['https://a.example'], 'https://a.example')).vary, 'Origin');
    assert.equal((await headersFor(['https://a.example'], 'https://evil.example'))[allow], undefined);
    assert.equal((await headersFor(['*'], 'https://b.example'))[allow], '*');
    assert.equal((await headersFor([], 'https://b.example'))[allow], undefined);
  });
});
