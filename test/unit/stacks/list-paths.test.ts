import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Blueprint, Entity, Index } from '../../../src/blueprint/blueprint.ts';
import { keyAttributes, modelOf } from '../../../src/stacks/entity-model.ts';
import { indexesOf } from '../../../src/stacks/indexes.ts';
import { listParameters } from '../../../src/stacks/list-parameters.ts';
import { listPathsOf } from '../../../src/stacks/list-paths.ts';
import type { ListPath } from '../../../src/stacks/model.ts';
import { type Scope, scopeOf, tenancyOf } from '../../../src/stacks/scope.ts';
import { api, auth, blueprint, entity, field, routes } from '../../builders/blueprint.ts';
import { anyBlueprint } from '../../builders/blueprint-arbitrary.ts';
import { codeOf } from '../../builders/example-blueprints.ts';
import { compiled } from './compiled.ts';

type Level = 'authenticated' | 'owner';

/** A Blueprint with notes that have the indexes given, below projects (of the tenant) and plans (of everybody). */
function notes(indexes: Index[], more: Partial<Entity> & { tenant?: boolean; list?: Level } = {}): Blueprint {
  const { tenant = false, list = 'authenticated', ...rest } = more;
  const tenantField = tenant ? { tenantField: 'team_id' } : {};
  const note = entity(
    'note',
    [
      field('title', { required: true }),
      field('status', { type: 'enum', enum: ['open', 'done'] }),
      field('due_on', { type: 'date' }),
      field('rank', { type: 'integer', required: true }),
      field('project_id', { references: 'project', on_delete: 'restrict' }),
      field('plan_id', { references: 'plan', on_delete: 'restrict' }),
      field('owner_id', { managed: true }),
    ],
    { owner_field: 'owner_id', indexes, ...tenantField, ...rest },
  );
  return blueprint({
    auth: auth(),
    ...(tenant ? { tenancy: { mode: 'multi_tenant', tenant_entity: 'team', field: 'team_id' } as const } : {}),
    entities: [entity('team'), entity('project', [], tenantField), entity('plan'), note],
    api: api({ resources: [routes('note', { allow: { level: list } }), routes('project'), routes('plan')] }),
  });
}

function scopeFor(of: Blueprint): Scope {
  const scope = scopeOf(of, 'dev', codeOf(of));
  assert.ok(scope);
  return scope;
}

function noteIn(of: Blueprint): { scope: Scope; note: Entity } {
  const scope = scopeFor(of);
  const note = scope.entities.get('note');
  assert.ok(note);
  return { scope, note };
}

/** `by_status team_id status → due_on?` with the source of each value that is no attribute of the request. */
function text({ index, partition, sort }: ListPath): string {
  const keys = partition.map((key) => (key.from === 'request' ? key.field : `${key.from}:${key.attribute}`));
  const order = sort === undefined ? '' : ` → ${sort.field}${sort.optional ? '?' : ''}`;
  return `${index ?? 'table'} ${keys.join(' ')}${order}`;
}

function paths(of: Blueprint): string[] {
  const { scope, note } = noteIn(of);
  return (listPathsOf(scope, note).lists ?? []).map(text);
}

function indexes(of: Blueprint): string[] {
  const { scope, note } = noteIn(of);
  return indexesOf(scope, note).map(({ name, partition, sort }) => `${name} ${partition.join(' ')} → ${sort ?? ''}`);
}

const byStatus = { name: 'by_status', partition: 'status', sort: 'due_on' };
const added = ['backdrift-by-project_id project_id → created_at', 'backdrift-by-plan_id plan_id → created_at'];

describe('what list may read', () => {
  it('is all rows first, then what a field of the request selects, in order of creation before other orders', () => {
    assert.deepEqual(paths(notes([byStatus, { name: 'by_title', partition: 'title' }])), [
      'backdrift-list constant:_list → created_at',
      ...added,
      'by_status status → due_on?',
      'by_title title',
    ]);
  });

  it('is the caller’s own rows first where list means them', () => {
    const declared = [byStatus, { name: 'own', partition: 'owner_id', sort: 'rank' }];
    assert.deepEqual(paths(notes(declared, { list: 'owner' })), [
      'own owner:owner_id → rank',
      ...added,
      'by_status status → due_on?',
    ]);
    assert.ok(paths(notes(declared)).includes('own owner_id → rank'));
  });

  it('is the tenant’s rows first; a plain value has the tenant before it, a row of the tenant and a user do not', () => {
    const declared = [
      byStatus,
      { name: 'by_title', partition: 'team_id', sort: 'title' },
      { name: 'by_project', partition: 'project_id', sort: 'rank' },
      { name: 'by_plan', partition: 'plan_id', sort: 'created_at' },
      { name: 'by_owner', partition: 'owner_id', sort: 'created_at' },
      { name: 'by_due', partition: 'due_on', sort: 'team_id' },
    ];
    assert.deepEqual(indexes(notes(declared, { tenant: true })), [
      'by_status team_id status → due_on',
      'by_title team_id → title',
      'by_project project_id → rank',
      'by_plan team_id plan_id → created_at',
      'by_owner owner_id → created_at',
      'by_due due_on → team_id',
      // Deleting a plan looks for notes of every tenant.
      'backdrift-by-plan_id plan_id → created_at',
    ]);
    assert.deepEqual(paths(notes(declared, { tenant: true })), [
      'by_title tenant:team_id → title',
      'by_plan tenant:team_id plan_id → created_at',
      'by_owner owner_id → created_at',
      'by_status tenant:team_id status → due_on?',
      'by_project project_id → rank',
      'by_due due_on → team_id',
    ]);
  });

  it('is the table too where its key has two parts', () => {
    const key = { partition: 'project_id', sort: 'rank' };
    assert.deepEqual(paths(notes([], { key, list: 'owner' })), [
      'backdrift-by-owner_id owner:owner_id → created_at',
      'backdrift-by-plan_id plan_id → created_at',
      'table project_id → rank',
    ]);
  });

  it('is never an index of what is deleted', () => {
    const deleted = field('deleted_at', { type: 'datetime', managed: true });
    const soft = notes([
      { name: 'bin', partition: 'deleted_at' },
      { name: 'by_bin', partition: 'status', sort: 'deleted_at' },
    ]);
    const { scope, note } = noteIn(soft);
    Object.assign(note, { soft_delete: true, fields: [...note.fields, deleted] });
    assert.ok(!(listPathsOf(scope, note).lists ?? []).some(({ index }) => index?.includes('bin')));
  });

  it('is in order of the key where no timestamps are kept', () => {
    assert.equal(paths(notes([], { timestamps: false }))[0], 'backdrift-list constant:_list → id');
  });
});

describe('an index sorted by a field that may be empty', () => {
  it('does not count as one that finds every row', () => {
    const sparse = notes(
      [
        { name: 'by_project', partition: 'project_id', sort: 'due_on' },
        { name: 'by_owner', partition: 'owner_id', sort: 'due_on' },
      ],
      { list: 'owner' },
    );
    const scope = scopeFor(sparse);
    const project = scope.entities.get('project');
    assert.ok(project);
    const reference = modelOf(scope, project).referencedBy[0];
    assert.equal(reference?.index, 'backdrift-by-project_id');
    assert.ok(
      compiled(sparse)
        .permissions('DeleteProject')
        .includes('dynamodb:Query table/{NotesTableName}/index/backdrift-by-project_id'),
    );
    assert.equal(paths(sparse)[0], 'backdrift-by-owner_id owner:owner_id → created_at');
  });
});

describe('the description of a list', () => {
  it('names every parameter with its type, and what goes together', () => {
    const { scope, note } = noteIn(notes([byStatus, { name: 'by_limit', partition: 'limit', sort: 'rank' }]));
    note.fields.push(field('limit', { type: 'integer' }));
    const described = listParameters(scope, note);
    const named = new Map((described?.parameters ?? []).map(({ name, schema }) => [name, schema]));
    assert.deepEqual(named.get('limit'), { type: 'integer', minimum: 1, maximum: 100, default: 25 });
    assert.deepEqual(named.get('limit.eq'), { type: 'integer' });
    assert.deepEqual(named.get('status'), { type: 'string', enum: ['open', 'done'] });
    assert.deepEqual(named.get('due_on.gte'), { type: 'string', format: 'date' });
    assert.deepEqual(named.get('sort'), {
      type: 'string',
      enum: ['created_at', '-created_at', 'due_on', '-due_on', 'rank', '-rank'],
    });
    assert.ok(!named.has('title') && !named.has('rank.begins_with') && named.has('rank.gt'));
    assert.deepEqual(described?.ways.slice(0, 1), [
      'All rows, in order of created_at; sort and conditions may name created_at.',
    ]);
    assert.ok(
      described?.ways.includes(
        'By status with sort by due_on or a condition on it: those that have due_on, in its order.',
      ),
    );
  });

  it('is absent where list is not offered', () => {
    const { scope, note } = noteIn(notes([]));
    scope.resources.set(note, routes('note', { only: ['get'] }));
    assert.equal(listParameters(scope, note), undefined);
  });
});

describe('of any Blueprint', () => {
  it('list reads keys that are there, no partition that tenants share, with rights for just that', () => {
    fc.assert(
      fc.property(anyBlueprint, (any) => {
        const scope = scopeFor(any);
        for (const of of any.entities) {
          const { lists, scan } = listPathsOf(scope, of);
          const known = new Map(indexesOf(scope, of).map((index) => [index.name, index]));
          for (const { index, partition, sort } of lists ?? []) {
            const key = keyAttributes(of);
            const expected = index === undefined ? { ...key, partition: [key.partition] } : known.get(index);
            assert.deepEqual(
              partition.map(({ attribute }) => attribute),
              expected?.partition,
            );
            if (index !== undefined || sort !== undefined) assert.equal(sort?.attribute, expected?.sort);
          }
          const offered = scope.resources.get(of)?.operations.some(({ operation }) => operation === 'list') === true;
          assert.equal(lists !== undefined, offered);
          if (!offered) continue;
          assert.ok(
            scan === true || (lists ?? []).some(({ partition }) => partition.every(({ from }) => from !== 'request')),
          );
          assert.equal(scan === true && tenancyOf(scope, of) !== undefined, false);
        }
      }),
      { numRuns: 200 },
    );
  });
});
