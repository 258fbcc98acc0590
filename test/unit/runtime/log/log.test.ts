import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LogLine } from '../../../../src/runtime/log/line.ts';
import { createLog, printed } from '../../../../src/runtime/log/metrics.ts';
import { traceOf } from '../../../../src/runtime/log/trace.ts';
import { Misconfigured } from '../../../../src/runtime/misconfigured.ts';

const request: LogLine = {
  level: 'info',
  event: 'request',
  operation: 'get',
  entity: 'task',
  request_id: 'r-1',
  status: 503,
  duration_ms: 12,
};

describe('the line of a request', () => {
  const line = JSON.parse(printed(request, { service: 'shop-dev', time: 1_700_000_000_000, coldStart: true }));

  it('says what happened', () => {
    const { _aws, ...said } = line;
    assert.deepEqual(said, {
      level: 'info',
      event: 'request',
      operation: 'get',
      entity: 'task',
      request_id: 'r-1',
      status: 503,
      cold_start: true,
      Errors: 1,
      Latency: 12,
      Service: 'shop-dev',
    });
  });

  it('is a record of the embedded metric format: two metrics of one dimension, whose values stand beside them', () => {
    const { _aws: directive } = line;
    assert.equal(directive.Timestamp, 1_700_000_000_000);
    assert.equal(directive.CloudWatchMetrics.length, 1);
    const [{ Namespace, Dimensions, Metrics }] = directive.CloudWatchMetrics;
    assert.equal(Namespace, 'Backdrift');
    assert.deepEqual(Dimensions, [['Service']]);
    assert.deepEqual(Metrics, [
      { Name: 'Errors', Unit: 'Count' },
      { Name: 'Latency', Unit: 'Milliseconds' },
    ]);
    for (const { Name } of Metrics) assert.equal(typeof line[Name], 'number');
    for (const name of Dimensions.flat()) assert.equal(typeof line[name], 'string');
  });

  it('counts an error for a 5xx and for nothing else', () => {
    for (const status of [200, 204, 304, 400, 404, 429, 499, 500, 502, 599]) {
      const { Errors } = JSON.parse(printed({ ...request, status }, { service: 's', time: 0, coldStart: false }));
      assert.equal(Errors, status >= 500 ? 1 : 0, String(status));
    }
  });

  it('has no metrics where the function does not know what it belongs to', () => {
    const alone = JSON.parse(printed(request, { time: 0, coldStart: false }));
    assert.equal('_aws' in alone, false);
    assert.equal(alone.status, 503);
  });
});

describe('a log', () => {
  it('marks the first request of an environment, and no other line', () => {
    const written: string[] = [];
    const log = createLog({ service: 's', now: () => 1, write: (text) => written.push(text) });
    log({ level: 'error', event: 'failure', error: 'Error' });
    log(request);
    log(request);
    assert.ok(written.every((text) => text.endsWith('\n') && text.indexOf('\n') === text.length - 1));
    const lines = written.map((text) => JSON.parse(text));
    assert.deepEqual(
      lines.map(({ cold_start }) => cold_start),
      [undefined, true, false],
    );
  });
});

describe('the trace of an error', () => {
  it('has the name and the places, never the message', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: 'binary' }), (secret) => {
        for (const message of [secret, `${secret}\n    at stolen (file:///${secret.replace(/[\s()]/g, '')}:1:2)`]) {
          const said = JSON.stringify(traceOf(new TypeError(message)));
          assert.ok(!said.includes(JSON.stringify(secret).slice(1, -1)), said);
          assert.match(said, /log\.test\.ts:\d+:\d+/);
        }
      }),
    );
  });

  it('does not repeat a name that somebody has set', () => {
    const error = new Error('x');
    error.name = 'ada@example.com';
    assert.equal(traceOf(error).error, 'Error');
    assert.equal(traceOf(new RangeError('x')).error, 'RangeError');
  });

  it('is calm about whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const trace = traceOf(thrown);
        assert.equal(typeof trace.error, 'string');
      }),
    );
    const bare = new Error('x');
    Object.defineProperty(bare, 'stack', { value: undefined });
    assert.deepEqual(traceOf(bare), { error: 'Error', at: [] });
  });

  it('says what our own configuration lacks', () => {
    assert.deepEqual(traceOf(new Misconfigured('TABLE_X is not set')), {
      error: 'Misconfigured',
      at: ['TABLE_X is not set'],
    });
  });
});
