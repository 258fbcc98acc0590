import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Blueprint } from '../../../src/blueprint/blueprint.ts';
import type { Baseline } from '../../../src/changes/baseline.ts';
import { buildPreview } from '../../../src/preview/build-preview.ts';
import { plain, resourceLine, summary } from '../../../src/preview/lines.ts';
import type { Preview, ResourceChange } from '../../../src/preview/preview.ts';
import { renderPreview } from '../../../src/preview/text.ts';
import type { Layer, Stack } from '../../../src/stacks/stack.ts';
import type { Template, TemplateResource } from '../../../src/stacks/template.ts';
import { labelled, lambda, resource, table, template } from '../../builders/templates.ts';

const blueprint: Blueprint = {
  project: { name: 'Task Manager', slug: 'task-manager' },
  region: 'us-east-2',
  environments: { dev: { region: 'us-east-2', protected: false } },
  tenancy: { mode: 'single_tenant' },
  entities: [],
  functions: [],
  jobs: [],
  queues: [],
  storage: [],
  workflows: [],
  monitoring: { email: [], dashboard: true },
  validation: { suppress: [] },
};

function stack(layer: Layer, of: Template, parameters: Stack['parameters'] = {}): Stack {
  const name = `backdrift-task-manager-dev-${layer}`;
  return { layer, name, template: of, body: JSON.stringify(of), parameters, dependsOn: [], artifacts: [] };
}

function deployed(stacks: readonly Stack[], parameters: Record<string, string> = {}): Baseline {
  return {
    deployment: 7,
    environment: 'dev',
    account: '123456789012',
    region: 'us-east-2',
    blueprint: 'project: { name: Task Manager }',
    stacks: stacks.map(({ layer, name, body }) => ({ layer, name, body, template: JSON.parse(body), parameters })),
  };
}

function preview(after: Stack[], baseline?: Baseline): Preview {
  return buildPreview({
    blueprint,
    environment: 'dev',
    region: 'us-east-2',
    compilation: { stacks: after, problems: [] },
    ...(baseline ? { baseline } : {}),
    problems: [],
  });
}

const api = (routes: string, hash: string): Record<string, TemplateResource> => ({
  Api: resource('AWS::ApiGateway::RestApi', { Body: { paths: { [routes]: {} } } }, labelled('task-manager-api', 'api')),
  [`Deployment${hash}`]: resource(
    'AWS::ApiGateway::Deployment',
    { RestApiId: { Ref: 'Api' } },
    labelled('task-manager-api-deployment', 'api'),
  ),
  Stage: resource(
    'AWS::ApiGateway::Stage',
    { RestApiId: { Ref: 'Api' }, StageName: 'v1', DeploymentId: { Ref: `Deployment${hash}` } },
    labelled('task-manager-api-stage', 'api'),
  ),
});

const first = [
  stack('dynamodb', template({ TasksTable: table('tasks') })),
  stack('lambda', template({ Create: lambda('create-task-handler', '1'), List: lambda('list-tasks-handler', '1') })),
  stack('api', template(api('/v1/tasks', '1'))),
];

describe('the preview of a first deployment', () => {
  it('reads as the product shows it', () => {
    assert.equal(
      renderPreview(preview(first)),
      `Task Manager, dev in us-east-2 (nothing deployed yet)

DynamoDB Stack (database): new
  + AWS::DynamoDB::Table (tasks-table)

Lambda Stack (functions): new
  + AWS::Lambda::Function (create-task-handler)
  + AWS::Lambda::Function (list-tasks-handler)

API Gateway Stack (endpoints): new
  + AWS::ApiGateway::RestApi (task-manager-api)
  + AWS::ApiGateway::Deployment (task-manager-api-deployment)
  + AWS::ApiGateway::Stage (task-manager-api-stage)

Note: The first deployment to an account and region also makes the stack backdrift-bootstrap: a private bucket for templates, code and history.

6 created, 0 changed, 0 deleted in 3 stacks.
`,
    );
  });
});

describe('the preview of a change', () => {
  it('shows what changes and nothing else, a new API snapshot as one line', () => {
    const next = [
      stack('dynamodb', template({ TasksTable: table('tasks', ['project_id']) })),
      stack('sqs', template({ Emails: resource('AWS::SQS::Queue', {}, labelled('emails-queue', 'queues.emails')) })),
      stack(
        'lambda',
        template({
          Create: lambda('create-task-handler', '2', { MemorySize: 512 }),
          List: lambda('list-tasks-handler', '1'),
        }),
      ),
      stack('api', template(api('/v1/jobs', '2'))),
    ];
    assert.equal(
      renderPreview(preview(next, deployed(first))),
      `Task Manager, dev in us-east-2 (since deployment 7)

DynamoDB Stack (database): changes
  ~ AWS::DynamoDB::Table (tasks-table: add index by_project_id)

SQS Stack (queues): new
  + AWS::SQS::Queue (emails-queue)

Lambda Stack (functions): changes
  ~ AWS::Lambda::Function (create-task-handler: update code and memory)

API Gateway Stack (endpoints): changes
  ~ AWS::ApiGateway::RestApi (update routes)
  ~ AWS::ApiGateway::Deployment (task-manager-api-deployment: publish changes)
  ~ AWS::ApiGateway::Stage (task-manager-api-stage: serve the new routes)

1 created, 5 changed, 0 deleted in 4 stacks.
`,
    );
  });

  it('says what is replaced, what goes and what stays behind', () => {
    const before = [
      stack('cognito', template({ Pool: resource('AWS::Cognito::UserPool', {}, { DeletionPolicy: 'Retain' }) })),
      stack('dynamodb', template({ TasksTable: table('tasks'), NotesTable: table('notes') })),
    ];
    const after = [
      stack(
        'dynamodb',
        template({ TasksTable: table('tasks', [], { KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }] }) }),
      ),
    ];
    const shown = preview(after, deployed(before));
    assert.deepEqual(
      shown.stacks.map(({ layer, action, resources }) => [layer, action, ...resources.map(resourceLine)]),
      [
        [
          'dynamodb',
          'update',
          '± AWS::DynamoDB::Table (tasks-table: change primary key, the old one stays in your account)',
          '- AWS::DynamoDB::Table (notes-table: stays in your account)',
        ],
        ['cognito', 'delete', '- AWS::Cognito::UserPool (Pool: stays in your account)'],
      ],
    );
    assert.equal(summary(shown), '0 created, 0 changed, 1 replaced, 2 deleted in 2 stacks');
  });

  it('is empty when nothing changed', () => {
    const shown = preview(first, deployed(first));
    assert.equal(summary(shown), 'No changes');
    assert.ok(shown.stacks.every(({ action, resources }) => action === 'none' && resources.length === 0));
    assert.match(renderPreview(shown), /\(since deployment 7\)\n\nNo changes\.\n$/);
  });

  it('is an update where only an output differs', () => {
    const after = [stack('dynamodb', template({ TasksTable: table('tasks') }, { Outputs: { New: { Value: 'x' } } }))];
    const [only] = preview(
      after,
      deployed(after.map((one) => ({ ...one, body: JSON.stringify(template({ TasksTable: table('tasks') })) }))),
    ).stacks;
    assert.deepEqual([only?.action, only?.resources], ['update', []]);
  });

  it('knows the value of a parameter before and after', () => {
    const of = template(
      { Q: resource('AWS::SQS::Queue', { DelaySeconds: { Ref: 'Delay' } }, labelled('q', 'queues.q')) },
      { Parameters: { Delay: { Type: 'String' } } },
    );
    const after = [stack('sqs', of, { Delay: { from: 'value', value: '5' } })];
    assert.equal(preview(after, deployed(after, { Delay: '5' })).stacks[0]?.action, 'none');
    const changed = preview(after, deployed(after, { Delay: '1' })).stacks[0];
    assert.deepEqual(changed?.resources.map(resourceLine), ['~ AWS::SQS::Queue (q: update DelaySeconds)']);
  });

  it('does not compare with another environment or region', () => {
    const elsewhere = { ...deployed(first), environment: 'prod' };
    assert.equal(preview(first, elsewhere).baseline, undefined);
    assert.equal(preview(first, { ...deployed(first), region: 'us-east-1' }).counts.create, 6);
  });

  it('has both texts for the diff editor', () => {
    const after = [stack('dynamodb', template({ TasksTable: table('tasks', ['x']) }))];
    const [only] = preview(after, deployed(first)).stacks;
    assert.equal(only?.before, `${JSON.stringify(first[0]?.template, null, 2)}\n`);
    assert.deepEqual(JSON.parse(only?.after ?? ''), after[0]?.template);
    assert.equal(preview(after).stacks[0]?.before, '');
    const gone = preview([], deployed(first)).stacks[0];
    assert.ok(gone?.before !== '' && gone?.after === '');
    const copy = JSON.parse(JSON.stringify(preview(after, deployed(first))));
    assert.equal(copy.stacks[0].after, only?.after);
  });

  it('has the same text on both sides where only parsing has put the keys in another order', () => {
    const written = template({ TasksTable: table('tasks', ['x']) });
    const { Resources, ...rest } = written;
    const parsed: Template = { Resources, ...rest };
    const after = [stack('dynamodb', written)];
    const baseline = deployed(after);
    for (const one of baseline.stacks) one.template = parsed;
    const [only] = preview(after, baseline).stacks;
    assert.equal(only?.before, only?.after);
  });
});

describe('notes', () => {
  const note = (before: TemplateResource, after: TemplateResource): string | undefined =>
    preview([stack('lambda', template({ It: after }))], deployed([stack('lambda', template({ It: before }))])).stacks[0]
      ?.resources[0]?.note;
  const cases: [string, TemplateResource, TemplateResource][] = [
    ['add index by_a and index by_b', table('t'), table('t', ['a', 'b'])],
    ['remove index by_a', table('t', ['a', 'b']), table('t', ['b'])],
    ['add index by_b and remove index by_a', table('t', ['a']), table('t', ['b'])],
    ['update permissions', resource('AWS::IAM::Role', { Policies: [] }), resource('AWS::IAM::Role', { Policies: [1] })],
    ['update expiry', table('t'), table('t', [], { TimeToLiveSpecification: { AttributeName: 'x', Enabled: true } })],
    ['update A, B and 2 more', resource('X::Y'), resource('X::Y', { A: 1, B: 1, C: 1, D: 1 })],
    ['update deletion rules', table('t'), { ...table('t'), DeletionPolicy: 'Delete' }],
    [
      'update retention',
      resource('AWS::Logs::LogGroup', { RetentionInDays: 14 }),
      resource('AWS::Logs::LogGroup', { RetentionInDays: 30 }),
    ],
    ['update __proto__', resource('X::Y'), resource('X::Y', JSON.parse('{"__proto__": 1}'))],
  ];
  for (const [expected, before, after] of cases) {
    it(expected, () => {
      const found = note(before, after);
      const [add, remove] = expected.split(' and ');
      assert.ok(found === expected || found === `${remove} and ${add}`, found);
    });
  }
});

describe('hostile text', () => {
  it('stays text in a terminal', () => {
    const hostile = '\u001b[31m\u202Etxt\u2028\u0000<script>';
    const after = [stack('lambda', template({ It: lambda(hostile, '1') }))];
    const text = renderPreview(preview(after));
    assert.ok(!/[\p{Cc}\p{Bidi_Control}\u2028]/u.test(text.replaceAll('\n', '')), JSON.stringify(text));
    assert.ok(text.includes('\\u001b[31m\\u202etxt\\u2028\\u0000<script>'));
  });
  it('never has control characters, whatever it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\p{Bidi_Control}]/u.test(plain(text))));
  });
});

describe('any preview', () => {
  const types = fc.constantFrom('AWS::ApiGateway::Deployment', 'AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'X::Y');
  const resources = fc.dictionary(
    fc.oneof(fc.constantFrom('A', 'B', 'C', '__proto__'), fc.string({ maxLength: 2 })),
    fc.record({
      Type: types,
      Properties: fc.dictionary(fc.constantFrom('KeySchema', 'RestApiId', 'X'), fc.integer({ min: 0, max: 2 })),
    }),
    { maxKeys: 8 },
  );
  const stacks = fc.record({ sqs: fc.option(resources), lambda: fc.option(resources) });
  const made = (of: {
    sqs: Record<string, TemplateResource> | null;
    lambda: Record<string, TemplateResource> | null;
  }) => [
    ...(of.sqs ? [stack('sqs', template(of.sqs))] : []),
    ...(of.lambda ? [stack('lambda', template(of.lambda))] : []),
  ];

  it('has every resource that differs in exactly one line, counts that add up, and is the same twice', () => {
    fc.assert(
      fc.property(stacks, stacks, (left, right) => {
        const [before, after] = [made(left), made(right)];
        const shown = preview(after, deployed(before));
        assert.equal(JSON.stringify(shown), JSON.stringify(preview(made(right), deployed(made(left)))));
        const lines = shown.stacks.flatMap(({ resources }) => resources);
        assert.equal(
          lines.length,
          Object.values(shown.counts).reduce((sum, count) => sum + count),
        );
        for (const layer of ['sqs', 'lambda'] as const) {
          const [one, other] = [left[layer] ?? {}, right[layer] ?? {}];
          const differing = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
            (id) => JSON.stringify(entry(one, id)) !== JSON.stringify(entry(other, id)),
          );
          const inLines = shown.stacks
            .filter((stack) => stack.layer === layer)
            .flatMap(({ resources }) => resources.flatMap(idsOf));
          assert.deepEqual([...inLines].sort(), unordered(one, other, differing).sort());
        }
      }),
      { numRuns: 500 },
    );
  });

  const entry = (all: Record<string, TemplateResource>, id: string) => (Object.hasOwn(all, id) ? all[id] : undefined);
  const idsOf = ({ logicalId, previousLogicalId }: ResourceChange) => [
    logicalId,
    ...(previousLogicalId === undefined ? [] : [previousLogicalId]),
  ];
  /** Resources whose text differs only in the order of keys do not differ. */
  const unordered = (
    one: Record<string, TemplateResource>,
    other: Record<string, TemplateResource>,
    ids: string[],
  ): string[] =>
    ids.filter((id) => {
      const [before, after] = [entry(one, id), entry(other, id)];
      if (!before || !after) return true;
      const sorted = (of: TemplateResource) => JSON.stringify([of.Type, Object.entries(of.Properties).sort()]);
      return sorted(before) !== sorted(after);
    });
});
