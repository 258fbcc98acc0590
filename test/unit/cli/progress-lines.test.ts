import assert from 'node:assert/strict';
import { progressLines, stackLine } from '../../../src/cli/progress-lines.ts';
import { progressView } from '../../../src/cli/progress-view.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import type { DeploymentEvent, StackProgress } from '../../../src/deployment/progress.ts';

const stack = (wish: Partial<StackProgress>): StackProgress => ({
  layer: 'lambda',
  name: 'backdrift-shop-dev-lambda',
  action: 'create',
  status: 'waiting',
  planned: 5,
  done: 0,
  resources: {},
  ...wish,
});

describe('progress in words', () => {
  it('is that of the product’s page', () => {
    const progress = {
      environment: 'dev',
      region: 'us-east-2',
      account: '1',
      stacks: [
        stack({ layer: 'cognito', status: 'complete' }),
        stack({ layer: 'dynamodb', status: 'complete' }),
        stack({ layer: 'lambda', status: 'running', done: 3 }),
        stack({ layer: 'api' }),
        stack({ layer: 'amplify' }),
      ],
    };
    assert.deepEqual(progressLines(progress), [
      '✅ Cognito Stack (authentication)',
      '✅ DynamoDB Stack (database)',
      '🔄 Lambda Stack (functions) - 3/5 complete',
      '⏳ API Gateway Stack (endpoints)',
      '⏳ Amplify Stack (frontend)',
    ]);
  });

  it('tells success from trouble by words, not by signs alone', () => {
    assert.match(stackLine(stack({ status: 'failed', reason: 'no capacity' })), /failed: no capacity/);
    assert.match(stackLine(stack({ status: 'blocked', reason: 'Waits for X.' })), /not begun: Waits for X\./);
    assert.match(stackLine(stack({ status: 'cancelled' })), /cancelled/);
    assert.match(stackLine(stack({ status: 'unchanged' })), /unchanged/);
    assert.match(stackLine(stack({ status: 'complete', action: 'delete' })), /deleted/);
  });
});

describe('progress on a terminal', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const events: DeploymentEvent[] = [
    {
      type: 'started',
      at,
      environment: 'dev',
      region: 'us-east-2',
      account: '1',
      stacks: [{ layer: 'lambda', name: 'x', planned: 2, action: 'create' }],
    },
    { type: 'stack', at, layer: 'lambda', status: 'running' },
    {
      type: 'resource',
      at,
      layer: 'lambda',
      eventId: '1',
      logicalId: 'A',
      resourceType: 'T',
      status: 'CREATE_COMPLETE',
    },
    {
      type: 'resource',
      at,
      layer: 'lambda',
      eventId: '2',
      logicalId: 'B',
      resourceType: 'T',
      status: 'CREATE_COMPLETE',
    },
    { type: 'log', at, level: 'warn', message: 'AWS is throttling' },
    { type: 'stack', at, layer: 'lambda', status: 'failed', reason: 'a reason that is longer than the line is wide' },
  ];

  async function shown(live: boolean): Promise<string> {
    let text = '';
    const terminal: Terminal = {
      out: () => {},
      err: (line) => {
        text += `${line}\n`;
      },
      draw: (raw) => {
        text += raw;
      },
      live,
      columns: () => 40,
      environment: {},
      workingDirectory: '/',
      installation: '/',
      interrupted: new AbortController().signal,
    };
    const view = progressView(terminal);
    for (const event of events) {
      view.event(event);
      // The two resources come together, as they do from one poll.
      if (event.type !== 'resource' || event.logicalId === 'B') await Promise.resolve();
    }
    view.end();
    return text;
  }

  it('is a line for every change where nobody draws', async () => {
    assert.deepEqual((await shown(false)).trimEnd().split('\n'), [
      '🔄 Lambda Stack (functions) - 0/2 complete',
      '🔄 Lambda Stack (functions) - 2/2 complete',
      'AWS is throttling',
      '❌ Lambda Stack (functions) - failed: a reason that is longer than the line is wide',
    ]);
  });

  it('is drawn over, never wider than the terminal, with warnings above', async () => {
    const text = await shown(true);
    const frames = text.split('\u001b[1A\u001b[0J');
    assert.equal(frames.length, 5, JSON.stringify(frames));
    assert.ok(frames.some((frame) => frame.startsWith('AWS is throttling\n')));
    for (const line of text.split('\n').filter((line) => line.includes('Stack'))) {
      assert.ok([...line.replace('\u001b[1A\u001b[0J', '')].length < 40, line);
    }
  });
});
