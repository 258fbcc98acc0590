import assert from 'node:assert/strict';
import type { Entity } from '../../../src/blueprint/blueprint.ts';
import { api, auth, blueprint, entity, field, routes } from '../../builders/blueprint.ts';
import { blog, taskManager } from '../../builders/example-blueprints.ts';
import { compiled } from './compiled.ts';

const tenancy = { mode: 'multi_tenant', tenant_entity: 'team', field: 'team_id' } as const;

function indexesOf(of: Entity, rest: Parameters<typeof blueprint>[0] = {}, id = 'NotesTable'): unknown {
  const others = rest.entities ?? [];
  return compiled(blueprint({ auth: auth(), ...rest, entities: [of, ...others] })).property(
    'dynamodb',
    id,
    'GlobalSecondaryIndexes',
  );
}

function index(name: string, partition: string, sort?: string) {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
    ],
    Projection: { ProjectionType: 'ALL' },
  };
}

describe('a table', () => {
  it('is on demand, restorable, encrypted, protected, and has the declared indexes', () => {
    const { resource, stack } = compiled(taskManager());
    assert.deepEqual(resource('dynamodb', 'TasksTable'), {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Metadata: { Backdrift: { label: 'tasks-table', source: 'entities.task' } },
      Properties: {
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'project_id', AttributeType: 'S' },
          { AttributeName: 'created_at', AttributeType: 'S' },
          { AttributeName: '_list', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        GlobalSecondaryIndexes: [
          index('by_project', 'project_id', 'created_at'),
          index('backdrift-list', '_list', 'created_at'),
        ],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: true,
      },
    });
    assert.deepEqual(stack('dynamodb').template.Outputs?.TasksTableName?.Value, { Ref: 'TasksTable' });
  });

  it('of a renamed entity keeps its logical id, and a renamed field its attribute', () => {
    const { resource, property } = compiled(blog());
    assert.equal(resource('dynamodb', 'ArticlesTable').Metadata?.Backdrift.label, 'posts-table');
    assert.deepEqual(property('dynamodb', 'ArticlesTable', 'GlobalSecondaryIndexes', 0), index('by_headline', 'title'));
  });

  it('expires rows by the field itself when it is a number, by a numeric twin when it is a datetime', () => {
    for (const [type, attribute] of [
      ['integer', 'expires'],
      ['datetime', '_ttl'],
    ] as const) {
      const note = entity('note', [field('expires', { type })], { ttl: 'expires' });
      const { property } = compiled(blueprint({ entities: [note] }));
      assert.deepEqual(property('dynamodb', 'NotesTable', 'TimeToLiveSpecification'), {
        AttributeName: attribute,
        Enabled: true,
      });
    }
  });

  it('has numbers in keys as numbers, and no index without need', () => {
    const line = entity('line', [field('order', { required: true }), field('at', { type: 'integer' })], {
      key: { partition: 'order', sort: 'at' },
    });
    const { property } = compiled(blueprint({ entities: [line] }));
    assert.deepEqual(property('dynamodb', 'LinesTable', 'AttributeDefinitions'), [
      { AttributeName: 'order', AttributeType: 'S' },
      { AttributeName: 'at', AttributeType: 'N' },
    ]);
    assert.equal(property('dynamodb', 'LinesTable', 'GlobalSecondaryIndexes'), undefined);
  });
});

describe('an index that Backdrift adds', () => {
  const listed = (allow_scan = false, access: 'authenticated' | 'owner' = 'authenticated') =>
    api({ resources: [routes('note', { only: ['list'], allow_scan, allow: { level: access } })] });

  it('answers list where nothing else does', () => {
    assert.deepEqual(indexesOf(entity('note'), { api: listed() }), [index('backdrift-list', '_list', 'created_at')]);
    assert.deepEqual(indexesOf(entity('note', [], { timestamps: false }), { api: listed() }), [
      index('backdrift-list', '_list', 'id'),
    ]);
  });

  it('is not there for a scan that the Blueprint allows, nor without list', () => {
    assert.equal(indexesOf(entity('note'), { api: listed(true) }), undefined);
    assert.equal(
      indexesOf(entity('note'), { api: api({ resources: [routes('note', { only: ['get'] })] }) }),
      undefined,
    );
  });

  it('finds the rows of a tenant, of an owner, and those that refer to another entity', () => {
    const team = entity('team');
    assert.deepEqual(
      indexesOf(entity('note', [], { tenantField: 'team_id' }), { tenancy, entities: [team], api: listed() }),
      [index('backdrift-by-team_id', 'team_id', 'created_at')],
    );
    const owned = entity('note', [field('author', { managed: true })], { owner_field: 'author' });
    assert.deepEqual(indexesOf(owned, { api: listed(false, 'owner') }), [
      index('backdrift-by-author', 'author', 'created_at'),
    ]);
    const child = entity('note', [field('parent', { references: 'team', renamed_from: 'team' })], {
      timestamps: false,
    });
    assert.deepEqual(indexesOf(child, { entities: [team] }), [index('backdrift-by-team', 'team', 'id')]);
  });

  it('is not added where a declared index or the table itself begins with the field', () => {
    const declared = entity('note', [field('team_id', { references: 'team' })], {
      indexes: [{ name: 'mine', partition: 'team_id' }],
    });
    assert.deepEqual(indexesOf(declared, { entities: [entity('team')] }), [index('mine', 'team_id')]);
    const keyed = entity('note', [field('team_id', { references: 'team' }), field('number', { type: 'integer' })], {
      key: { partition: 'team_id', sort: 'number' },
    });
    assert.equal(indexesOf(keyed, { entities: [entity('team')] }), undefined);
  });
});

describe('a table that cannot be', () => {
  it('is reported where it stands', () => {
    const flag = entity('note', [field('done', { type: 'boolean' })], { indexes: [{ name: 'ab', partition: 'done' }] });
    const { problems } = compiled(blueprint({ entities: [entity('other'), flag] }));
    assert.deepEqual(
      problems.map(({ code, path }) => [code, path]),
      [
        ['index-key-type', ['entities', 1, 'fields', 1]],
        ['index-name-too-short', ['entities', 1, 'indexes', 0, 'name']],
      ],
    );
  });

  it('has too many indexes', () => {
    const many = Array.from({ length: 21 }, (_, position) => field(`field_${position}`));
    const crowded = entity('note', many, {
      indexes: many.map(({ name }) => ({ name: `by_${name}`, partition: name })),
    });
    assert.deepEqual(compiled(blueprint({ entities: [crowded] })).codes, ['too-many-indexes']);
  });

  it('takes the logical id of another, or its variable', () => {
    const renamed = blueprint({ entities: [entity('task'), entity('job', [], { renamed_from: 'task' })] });
    const { problems, stack } = compiled(renamed);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['logical-id-collision', 'logical-id-collision'],
    );
    assert.match(problems[0]?.message ?? '', /TasksTable/);
    assert.equal(stack('dynamodb').body, JSON.stringify(stack('dynamodb').template));
    assert.deepEqual(compiled(blueprint({ entities: [entity('lineItem'), entity('lineitem')] })).codes, [
      'variable-collision',
    ]);
  });
});
