import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AtMostEvery } from '../../../src/editor/at-most-every.ts';

describe('drawing at a pace', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('draws at once, then at most once a pause, and never misses the last change', () => {
    let [value, drawn, times] = [0, -1, 0];
    const drawing = new AtMostEvery(300, () => {
      drawn = value;
      times += 1;
    });
    drawing.request();
    assert.equal(drawn, 0);
    for (value = 1; value <= 100; value += 1) {
      drawing.request();
      mock.timers.tick(10);
    }
    assert.ok(times <= 5, `${times} drawings in a second`);
    value = 1_000;
    drawing.request();
    mock.timers.tick(300);
    assert.equal(drawn, 1_000);
    const before = times;
    mock.timers.tick(10_000);
    assert.equal(times, before);
    drawing.dispose();
  });
});
