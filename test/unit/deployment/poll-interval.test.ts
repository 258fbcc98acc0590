import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  ObservedPace,
  type Pace,
  pollInterval,
  slowestPoll,
  slowestRetry,
} from '../../../src/deployment/poll-interval.ts';

const pace = (wish: Partial<Pace>): Pace => ({
  roundTrip: 5,
  quiet: 0,
  refused: 0,
  elapsed: 10_000,
  remaining: 0,
  ...wish,
});

describe('pollInterval', () => {
  it('follows an AWS on this machine closely and a distant one calmly', () => {
    assert.ok(pollInterval(pace({ roundTrip: 5 })) <= 100);
    assert.ok(pollInterval(pace({ roundTrip: 200 })) >= 500);
  });

  it('slows down while nothing happens, and is quick again with news', () => {
    const waits = [0, 1, 2, 3, 10].map((quiet) => pollInterval(pace({ quiet })));
    assert.deepEqual(
      waits,
      waits.toSorted((a, b) => a - b),
    );
    assert.equal(waits.at(-1), slowestPoll);
    assert.ok(pollInterval(pace({ quiet: 0 })) <= 100);
  });

  it('waits for the end where it can be foreseen, but never long enough to look dead', () => {
    assert.equal(pollInterval(pace({ remaining: 700 })), 700);
    assert.equal(pollInterval(pace({ remaining: 60_000 })), slowestPoll);
    assert.equal(pollInterval(pace({ remaining: 1 })), pollInterval(pace({})));
  });

  it('does not trust a guess for longer than the operation has been running', () => {
    assert.equal(pollInterval(pace({ remaining: 60_000, elapsed: 600 })), 600);
    assert.ok(pollInterval(pace({ remaining: 60_000, elapsed: 0 })) <= 300);
  });

  it('doubles while it is turned away', () => {
    assert.deepEqual(
      [1, 2, 3, 9].map((refused) => pollInterval(pace({ refused }))),
      [5000, 10_000, 15_000, 15_000],
    );
  });

  it('is always a time that one can wait', () => {
    const times = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(times, fc.nat(1000), times, fc.nat(100), (roundTrip, quiet, remaining, refused) => {
        const wait = pollInterval({
          roundTrip,
          quiet,
          refused,
          elapsed: roundTrip,
          remaining,
        });
        assert.ok(wait >= 50 && wait <= slowestRetry, String(wait));
      }),
    );
  });
});

describe('the observed pace', () => {
  it('expects larger stacks to take longer before anything was seen', () => {
    assert.ok(new ObservedPace().remaining(60) > new ObservedPace().remaining(6));
    assert.ok(new ObservedPace().remaining(60) < 1000);
  });

  it('judges by the fastest operation so far', () => {
    const observed = new ObservedPace();
    observed.observe(2, 1000);
    observed.observe(10, 1000);
    observed.observe(1, 9000);
    observed.observe(0, 5);
    assert.equal(observed.remaining(20), 500);
  });

  it('judges by the operation itself where that is faster', () => {
    const observed = new ObservedPace();
    assert.equal(observed.remaining(20, 10, 1000), 1000);
    observed.observe(1, 10);
    assert.ok(observed.remaining(20, 10, 1000) < 1000);
  });
});
