import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PanelFacts, panelPreview } from '../../../src/editor/panel-state.ts';
import { panelProblems } from '../../../src/editor/problem-list.ts';
import { resourceLine } from '../../../src/preview/lines.ts';
import { panelStateSchema, toEditorSchema, toPanelSchema } from '../../../webview-ui/protocol.ts';
import { changeOf, previewOf, stackOf } from './previews.ts';
import { moving } from './states.ts';

const facts: PanelFacts = {
  preview: previewOf([
    stackOf('dynamodb', 'create', [changeOf({ action: 'create', source: 'entities.task' })]),
    stackOf('lambda', 'none', []),
    stackOf('api', 'update', [
      changeOf({ action: 'update', type: 'AWS::ApiGateway::RestApi', label: 'shop-api', note: 'update routes' }),
    ]),
  ]),
  environment: { name: 'dev', kind: 'aws', region: 'us-east-2', protected: false },
  problems: [],
  behind: false,
  trusted: true,
  deploying: false,
  lineOf: resourceLine,
};

describe('the preview panel', () => {
  it('shows the lines of the page, grouped by stack', () => {
    const state = panelPreview(facts);
    assert.deepEqual(
      state.stacks.map((stack) => [stack.title, stack.summary, stack.lines.map((line) => line.text)]),
      [
        ['DynamoDB Stack', '1 to create', ['+ AWS::DynamoDB::Table (tasks-table)']],
        ['API Gateway Stack', '1 to update', ['~ AWS::ApiGateway::RestApi (update routes)']],
      ],
    );
    assert.deepEqual(state.unchanged, ['Lambda Stack']);
    assert.deepEqual(state.deploy, { label: 'Deploy to dev', enabled: true });
  });

  for (const [what, change, reason] of [
    ['in Restricted Mode', { trusted: false }, /Restricted Mode/],
    ['while one is running', { deploying: true }, /running/],
    ['while the text has errors', { behind: true }, /errors/],
  ] as const) {
    it(`offers no deployment ${what}, and says why`, () => {
      const { deploy } = panelPreview({ ...facts, ...change });
      assert.equal(deploy.enabled, false);
      assert.match(deploy.reason ?? '', reason);
    });
  }

  it('says that it is behind the text', () => {
    assert.match(panelPreview({ ...facts, behind: true }).stale ?? '', /last version/);
  });

  it('shows every state of a deployment, each with an icon and a word', () => {
    const statuses = ['waiting', 'running', 'complete', 'unchanged', 'failed', 'blocked', 'cancelled'] as const;
    const progress = {
      environment: 'dev',
      region: 'us-east-2',
      account: '1',
      stacks: statuses.map((status) => moving({ layer: 'lambda', status, planned: 5, done: 3, reason: 'Because.' })),
    };
    const shown = panelPreview({ ...facts, progress }).progress;
    assert.equal(shown?.heading, 'Deploying to dev, us-east-2...');
    assert.deepEqual(
      shown?.stacks.map(({ status, reason }) => [status, reason]),
      [
        ['Waiting', 'Because.'],
        ['3/5 complete', 'Because.'],
        ['Complete', undefined],
        ['Complete, unchanged', undefined],
        ['Failed', 'Because.'],
        ['Blocked', 'Because.'],
        ['Cancelled', 'Because.'],
      ],
    );
  });

  it('speaks the protocol', () => {
    assert.deepEqual(panelStateSchema.parse(panelPreview(facts)), panelPreview(facts));
  });
});

describe('the list of problems', () => {
  const text = 'project:\n  name: x\nentities: []\n';
  const problem = (start: number, message: string) => ({
    code: 'unknown-key',
    severity: 'error' as const,
    message,
    path: ['project'],
    range: { start, end: start + 1 },
  });
  const source = {
    text,
    parsed: { problems: [problem(20, 'late'), problem(11, 'early')], rangeOf: () => ({ start: 9, end: 10 }) },
  };

  it('is in the order of the text, with lines as the editor counts them, each once', () => {
    const compiled = { code: 'too-many', severity: 'warning' as const, message: 'compiled', path: [] };
    const listed = panelProblems(source, [problem(11, 'early'), compiled]);
    assert.deepEqual(
      listed.map(({ message, line }) => [message, line]),
      [
        ['compiled', 2],
        ['early', 2],
        ['late', 3],
      ],
    );
  });
});

describe('the protocol of the panel', () => {
  it('takes what is of it and nothing else from the panel', () => {
    assert.ok(toEditorSchema.safeParse({ type: 'compareTemplates', layer: 'api' }).success);
    for (const message of [
      undefined,
      'deploy',
      { type: 'deploy-now' },
      { type: 'compareTemplates' },
      { type: 'openProblem', start: '1', end: 2 },
      { type: 'fault', message: 'x'.repeat(2_001) },
      JSON.parse('{"__proto__":{"type":"deploy"}}'),
    ]) {
      assert.ok(!toEditorSchema.safeParse(message).success, JSON.stringify(message));
    }
  });

  it('never throws and never passes on what it does not know', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        const parsed = toEditorSchema.safeParse(message);
        if (parsed.success) assert.ok(typeof parsed.data.type === 'string');
        assert.ok(!toPanelSchema.safeParse(message).success);
      }),
      { numRuns: 500 },
    );
    const extra = toEditorSchema.parse({ type: 'ready', command: 'rm' });
    assert.deepEqual(extra, { type: 'ready' });
  });
});
