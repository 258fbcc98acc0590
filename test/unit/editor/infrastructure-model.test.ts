import assert from 'node:assert/strict';
import { contextValues } from '../../../src/editor/context-values.ts';
import { type InfrastructureNode, infrastructureTree, runningBadge } from '../../../src/editor/infrastructure-model.ts';
import { welcomeState } from '../../../src/editor/state.ts';
import { editorState, identity, liveStack, moving, project } from './states.ts';

const noCredentials = { kind: 'obstacle', obstacle: { code: 'no-credentials', message: 'None found.' } } as const;

describe('the welcome of the Infrastructure view', () => {
  const live = (stacks: Parameters<typeof liveStack>[0][]) =>
    ({ kind: 'read', identity, stacks: stacks.map(liveStack) }) as const;
  for (const [expected, state] of [
    ['noFolder', editorState({ hasFolder: false, searched: false, projects: [] })],
    ['searching', editorState({ searched: false, projects: [] })],
    ['noBlueprint', editorState({ projects: [] })],
    ['untrusted', editorState({ trusted: false, projects: [project({ live: live([{ layer: 'api' }]) })] })],
    ['searching', editorState()],
    ['noCredentials', editorState({ projects: [project({ live: noCredentials })] })],
    [
      'unreadable',
      editorState({
        projects: [project({ live: { kind: 'obstacle', obstacle: { code: 'access-denied', message: 'No.' } } })],
      }),
    ],
    ['nothingDeployed', editorState({ projects: [project({ live: live([]) })] })],
    ['localNotRunning', editorState({ projects: [project({ selected: 'local', live: live([{ layer: 'api' }]) })] })],
    ['tree', editorState({ projects: [project({ live: live([{ layer: 'api' }]) })] })],
    ['tree', editorState({ projects: [project(), project({ id: 'file:///other/backdrift.yaml' })] })],
  ] as const) {
    it(`is ${expected}`, () => {
      assert.equal(welcomeState(state), expected);
      assert.equal(infrastructureTree(state).length === 0, expected !== 'tree');
      assert.equal(contextValues(state).state, expected);
    });
  }

  it('gives way to a deployment that runs', () => {
    const progress = { environment: 'dev', region: 'us-east-2', account: '', stacks: [] };
    assert.equal(welcomeState(editorState({ projects: [project({ progress, live: noCredentials })] })), 'tree');
  });
});

describe('the Infrastructure tree', () => {
  it('goes from project over environment and stacks to resources', () => {
    const state = editorState({
      projects: [
        project({
          live: {
            kind: 'read',
            identity,
            stacks: [
              liveStack({ layer: 'lambda', status: 'UPDATE_COMPLETE' }),
              liveStack({
                layer: 'dynamodb',
                resources: [
                  {
                    logicalId: 'TasksTable',
                    type: 'AWS::DynamoDB::Table',
                    physicalId: 'shop-tasks',
                    status: 'CREATE_COMPLETE',
                  },
                ],
              }),
            ],
          },
          resources: { 'dynamodb/TasksTable': { label: 'tasks-table', source: 'entities.task' } },
        }),
      ],
    });
    const [root] = infrastructureTree(state);
    assert.equal(root?.label, 'Shop');
    const [environment] = root?.children ?? [];
    assert.equal(environment?.label, 'dev');
    assert.equal(environment?.description, 'us-east-2, account 111122223333');
    // In the order of the page, whatever the order of the account.
    assert.deepEqual(
      environment?.children.map((stack) => [stack.label, stack.description]),
      [
        ['DynamoDB Stack', 'Complete · database'],
        ['Lambda Stack', 'Complete · functions'],
      ],
    );
    const [table] = environment?.children[0]?.children ?? [];
    assert.equal(table?.label, 'tasks-table');
    assert.equal(table?.description, 'shop-tasks');
    assert.equal(table?.contextValue, 'resource.other.source.live');
    assert.equal(table?.spoken, 'tasks-table, AWS::DynamoDB::Table, Complete');
    assert.equal(table?.subject.source, 'entities.task');
  });

  it('marks the schedule of a job, so that it can be run from its line', () => {
    const jobs = project({
      live: {
        kind: 'read',
        identity,
        stacks: [
          liveStack({
            layer: 'eventbridge',
            resources: ['NightlySchedule', 'Other'].map((logicalId) => ({
              logicalId,
              type: 'AWS::Events::Rule',
              physicalId: logicalId,
              status: 'CREATE_COMPLETE',
            })),
          }),
        ],
      },
      resources: { 'eventbridge/NightlySchedule': { label: 'nightly-schedule', source: 'jobs.nightly' } },
    });
    const [root] = infrastructureTree(editorState({ projects: [jobs] }));
    const lines = root?.children[0]?.children[0]?.children.map(({ contextValue }) => contextValue);
    assert.deepEqual(lines, ['resource.job.source.live', 'resource.other.live']);
  });

  it('says local and nothing else for the AWS on this machine, although it answers with an account id', () => {
    const state = editorState({
      localAws: { kind: 'running', endpoint: 'http://127.0.0.1:4577', ours: true },
      projects: [
        project({ selected: 'local', live: { kind: 'read', identity, stacks: [liveStack({ layer: 'api' })] } }),
      ],
    });
    const environment = infrastructureTree(state)[0]?.children[0];
    assert.equal(environment?.icon.id, 'vm');
    assert.match(environment?.spoken ?? '', /local/);
    assert.ok(!JSON.stringify(environment?.tooltip).includes(identity.account));
  });

  it('counts n of m while a stack runs, and says why one waits, failed or is blocked', () => {
    const state = editorState({
      projects: [
        project({
          progress: {
            environment: 'dev',
            region: 'us-east-2',
            account: identity.account,
            stacks: [
              moving({ layer: 'cognito', status: 'complete', planned: 4, done: 4 }),
              moving({ layer: 'lambda', status: 'running', planned: 5, done: 3 }),
              moving({ layer: 'api', status: 'waiting' }),
              moving({ layer: 'amplify', status: 'failed', reason: 'Out of luck.' }),
              moving({ layer: 'cloudwatch', status: 'blocked', reason: 'The API failed.' }),
            ],
          },
        }),
      ],
    });
    const stacks = infrastructureTree(state)[0]?.children[0]?.children ?? [];
    assert.deepEqual(
      stacks.map((stack) => stack.description),
      [
        'Complete · authentication',
        '3/5 complete · functions',
        'Waiting · endpoints',
        'Failed · Out of luck.',
        'Blocked · The API failed.',
      ],
    );
    assert.deepEqual(runningBadge(state), { value: 2, tooltip: '2 stacks are still to be deployed' });
  });

  it('remembers after a reload what the last deployment could not do', () => {
    const state = editorState({
      projects: [
        project({
          live: {
            kind: 'read',
            identity,
            stacks: [
              liveStack({ layer: 'lambda', status: 'UPDATE_ROLLBACK_COMPLETE' }),
              liveStack({ layer: 'dynamodb' }),
            ],
            lastEntry: {
              schema: 1,
              number: 2,
              kind: 'deploy',
              project: 'shop',
              environment: 'dev',
              account: identity.account,
              region: 'us-east-2',
              actor: { arn: identity.arn, host: 'there' },
              startedAt: '2026-01-01T00:00:00.000Z',
              status: 'partial',
              blueprint: { key: 'blueprints/x', sha256: 'x' },
              stacks: {
                lambda: remembered('failed', 'No such layer.'),
                api: remembered('blocked', 'Lambda failed.'),
                dynamodb: remembered('unchanged'),
              },
            },
          },
        }),
      ],
    });
    const stacks = infrastructureTree(state)[0]?.children[0]?.children ?? [];
    assert.deepEqual(
      stacks.map(({ label, description }) => [label, description]),
      [
        ['DynamoDB Stack', 'Complete · database'],
        ['Lambda Stack', 'Failed · No such layer.'],
        ['API Gateway Stack', 'Blocked · Lambda failed.'],
      ],
    );
    assert.match(stacks[1]?.contextValue ?? '', /^stack\.lambda\.failed\.live$/);
    assert.equal(stacks[2]?.contextValue, 'stack.api.blocked');
  });

  it('gives every line an id of its own and words for those who listen', () => {
    const stacks = (['cognito', 'api'] as const).map((layer) =>
      liveStack({ layer, resources: [{ logicalId: 'Same', type: 'AWS::IAM::Role', status: 'CREATE_COMPLETE' }] }),
    );
    const projects = ['a', 'b'].map((name) =>
      project({ id: `file:///${name}/backdrift.yaml`, live: { kind: 'read', identity, stacks } }),
    );
    const lines = flat(infrastructureTree(editorState({ projects })));
    assert.equal(new Set(lines.map((line) => line.id)).size, lines.length);
    assert.equal(lines.length, 12);
    for (const line of lines) assert.ok(line.spoken.length > 0 && line.tooltip.length > 0 && line.icon.id.length > 0);
  });
});

function remembered(result: 'failed' | 'blocked' | 'unchanged', reason?: string) {
  return {
    name: 'stack',
    template: { key: 'templates/x.json', sha256: 'x' },
    parameters: {},
    artifacts: [],
    result,
    ...(reason ? { reason } : {}),
  };
}

function flat(nodes: InfrastructureNode[]): InfrastructureNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)]);
}
