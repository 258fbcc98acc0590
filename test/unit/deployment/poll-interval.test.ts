import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Pace, pollInterval, slowestPoll, slowestRetry } from '../../../src/deployment/poll-interval.ts';

const pace = (wish: Partial<Pace>): Pace => ({ roundTrip: 5, quiet: 0, refused: 0, ...wish });

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
    assert.ok(pollInterval(pace({ quiet: 0, gap: 200 })) <= 200);
  });

  it('does not poll faster than news arrive', () => {
    assert.equal(pollInterval(pace({ gap: 3000 })), 1500);
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
      fc.property(
        times,
        fc.nat(1000),
        fc.option(times, { nil: undefined }),
        fc.nat(100),
        (roundTrip, quiet, gap, refused) => {
          const wait = pollInterval({ roundTrip, quiet, refused, ...(gap === undefined ? {} : { gap }) });
          assert.ok(wait >= 50 && wait <= slowestRetry, String(wait));
        },
      ),
    );
  });
});
