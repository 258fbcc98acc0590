import assert from 'node:assert/strict';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { ZipRefused, zipEntries } from '../../../../local-aws/data-plane/zip-entries.ts';

const zip = (...names: string[]) => zipSync(Object.fromEntries(names.map((name) => [name, strToU8(name)])));

describe('a zip', () => {
  it('gives its files, without its directories', () => {
    const files = zipEntries(zip('a.txt', 'dir/', 'dir/b.txt'));
    assert.deepEqual([...files.keys()].sort(), ['a.txt', 'dir/b.txt']);
    assert.equal(Buffer.from(files.get('dir/b.txt') ?? []).toString(), 'dir/b.txt');
  });

  for (const name of [
    '../a',
    'a/../../b',
    '/etc/passwd',
    'C:/a',
    'c:a',
    '..\\a',
    'a\\..\\b',
    './a',
    'a\u0000b',
    'x/..',
  ])
    it(`is refused with a file named ${JSON.stringify(name)}`, () => {
      assert.throws(
        () => zipEntries(zip('fine.txt', name)),
        (error: unknown) => error instanceof ZipRefused && /leads out of it/.test(error.message),
      );
    });

  it('is refused when it would unpack to too much, before it is unpacked', () => {
    const bomb = zipSync({ zeros: new Uint8Array(5_000_000) });
    assert.ok(bomb.length < 100_000);
    assert.throws(() => zipEntries(bomb, 1_000_000), /more than 1000000 bytes/);
  });

  it('gives no more than its directory promises', () => {
    const bomb = Buffer.from(zipSync({ zeros: new Uint8Array(2_000_000) }));
    const entry = bomb.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    bomb.writeUInt32LE(10, entry + 24);
    assert.equal(zipEntries(bomb, 1_000_000).get('zeros')?.length, 10);
  });

  it('is refused with a file named __proto__', () => {
    const named = Buffer.from(zip('a', 'x/__pr0t0__')).toString('latin1').replaceAll('__pr0t0__', '__proto__');
    assert.throws(() => zipEntries(Buffer.from(named, 'latin1')), /__proto__/);
  });

  it('that is none is refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          zipEntries(bytes);
        } catch (error) {
          assert.ok(error instanceof ZipRefused, String(error));
        }
      }),
    );
  });

  it('that was damaged gives its files or is refused', () => {
    const whole = zip('index.mjs', 'lib/a.js');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = value;
        try {
          zipEntries(damaged, 1_000_000);
        } catch (error) {
          assert.ok(error instanceof ZipRefused, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
