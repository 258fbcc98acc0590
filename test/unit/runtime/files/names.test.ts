import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attachment } from '../../../../src/runtime/files/content-disposition.ts';
import { safeFilename } from '../../../../src/runtime/files/file-name.ts';
import {
  type FilePlace,
  idOf,
  keyOf,
  placeOfId,
  placeOfKey,
  filesPrefix as runtimePrefix,
  segmentOf,
} from '../../../../src/runtime/files/file-place.ts';
import { isAllowed, readMediaType } from '../../../../src/runtime/files/media-type.ts';
import { longestFilename as runtimeLongest } from '../../../../src/runtime/files/upload.ts';
import { newId } from '../../../../src/runtime/new-id.ts';
import { filesPrefix } from '../../../../src/stacks/file-model.ts';
import { longestFilename } from '../../../../src/stacks/file-schemas.ts';

/** Any text, half a pair of surrogates and control characters included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        '..',
        '/',
        '\\',
        '\0',
        '\r\n',
        '"',
        ';',
        '%2f',
        '\u202E',
        '\uD800',
        'é',
        '👩‍👧',
        '.pdf',
        ' ',
        `\${filename}`,
      ),
    )
    .map((parts) => parts.join('')),
);

const runs = { numRuns: 2000 };

describe('the name of a file', () => {
  const cases: [string, string][] = [
    ['report.pdf', 'report.pdf'],
    ['Jahresbericht 2029 – Ü.pdf', 'Jahresbericht 2029 – Ü.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\a.txt', 'a.txt'],
    ['..', 'file'],
    ['...', 'file'],
    ['/', 'file'],
    ['.htaccess', 'htaccess'],
    ['a\r\nSet-Cookie: x', 'a__Set-Cookie_ x'],
    ['a"; filename=b', 'a_; filename=b'],
    [`\${filename}.pdf`, '_{filename}.pdf'],
    ['gnp.\u202Eexe', 'gnp._exe'],
    ['a%2fb', 'a_2fb'],
    ['e\u0301', 'é'],
    ['👩\u200D👧.png', '👩\u200D👧.png'],
  ];
  for (const [given, kept] of cases) {
    it(`${JSON.stringify(given)} is kept as ${JSON.stringify(kept)}`, () => assert.equal(safeFilename(given), kept));
  }

  it('is cut in front of its extension', () => {
    assert.equal(safeFilename(`${'a'.repeat(254)}.pdf`), `${'a'.repeat(196)}.pdf`);
    const long = safeFilename(`${'ü'.repeat(250)}.jpeg`);
    assert.ok(long.endsWith('ü.jpeg') && Buffer.byteLength(long) <= 200);
  });

  it('is one part of a path that any system can keep, whatever is given, and stays once it is safe', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const name = safeFilename(text);
        assert.ok(name.length > 0 && Buffer.byteLength(name) <= 200);
        assert.doesNotMatch(name, /[/\\"<>:|?*$%`\p{Cc}\p{Surrogate}\p{Zl}\p{Zp}]|^[.\s]|[.\s]$/u);
        assert.equal(safeFilename(name), name);
      }),
      runs,
    );
  });

  it('travels in a header that holds nothing else, and comes back whole', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const name of [safeFilename(text), text]) {
          const header = attachment(name);
          const [, ascii, encoded] =
            /^attachment; filename="([^"\\]*)"; filename\*=UTF-8''([\w.~%!#$&+^`|-]*)$/.exec(header) ?? [];
          assert.ok(ascii !== undefined && encoded !== undefined, header);
          assert.match(header, /^[ -~]*$/);
          assert.equal(decodeURIComponent(encoded), name.replace(/\p{Surrogate}/gu, '_'));
        }
      }),
      runs,
    );
  });
});

describe('the place of a file', () => {
  const anyPlace: fc.Arbitrary<FilePlace> = fc.record(
    {
      tenant: fc.oneof(fc.constant('_'), anyText.map(segmentOf), fc.uuid()),
      owner: fc.oneof(anyText.map(segmentOf), fc.uuid()),
      random: fc
        .date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true })
        .map((date) => newId(date.getTime())),
      filename: anyText.map(safeFilename),
    },
    { noNullPrototype: true },
  );

  it('has the prefix and the limits of the templates', () => {
    assert.equal(runtimePrefix, filesPrefix);
    assert.equal(runtimeLongest, longestFilename);
  });

  it('keeps ids of users and tenants apart', () => {
    const id = '0192d3a4-5b6c-7d8e-9f00-112233445566';
    assert.equal(segmentOf(id), id);
    const odd = ['_', '', '..', '.', 'a/b', 'a\\b', '~', 'ü', 'x'.repeat(129), '\uD800', 'a b'];
    const segments = odd.map(segmentOf);
    assert.equal(new Set(segments).size, odd.length);
    for (const segment of segments) assert.match(segment, /^~[A-Za-z0-9_-]{43}$/);
    fc.assert(
      fc.property(anyText, anyText, (one, other) => one === other || segmentOf(one) !== segmentOf(other)),
      runs,
    );
  });

  it('is found again by key and by id', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        assert.ok(Buffer.byteLength(keyOf(place)) <= 1024);
        assert.deepEqual(placeOfKey(keyOf(place)), place);
        assert.match(idOf(place), /^[A-Za-z0-9_-]+$/);
        assert.deepEqual(placeOfId(idOf(place)), place);
      }),
      { numRuns: 500 },
    );
  });

  it('lies below files/, with one spelling, whatever an id is made of', () => {
    const forged = fc.oneof(
      anyText,
      anyText.map((text) => Buffer.from(text).toString('base64url')),
      fc
        .tuple(
          fc.constantFrom('_', '..', '', 'tenant'),
          fc.constantFrom('..', '.', '', 'user'),
          fc.constantFrom(newId(0), '..', ''),
          anyText,
        )
        .map((parts) => Buffer.from(parts.join('/')).toString('base64url')),
      anyPlace.map((place) => `${idOf(place)}=`),
      anyPlace.map((place) => idOf(place).toUpperCase()),
    );
    fc.assert(
      fc.property(forged, (id) => {
        const place = placeOfId(id);
        if (place === undefined) return;
        assert.equal(idOf(place), id);
        const parts = keyOf(place).split('/');
        assert.equal(parts.length, 5);
        assert.ok(parts[0] === 'files' && !parts.some((part) => ['', '.', '..'].includes(part)), keyOf(place));
      }),
      runs,
    );
    assert.ok(
      placeOfId(Buffer.from(`_/user/${newId(0)}/a.txt`).toString('base64url')),
      'the shape that is forged is the real one',
    );
  });
});

describe('a media type', () => {
  const read = (text: string) => readMediaType(text)?.text;

  it('has one spelling', () => {
    assert.equal(read('Image/PNG'), 'image/png');
    assert.equal(read(' text/html ;Charset=utf-8'), 'text/html; charset=utf-8');
    assert.equal(read('video/webm; codecs="vp8, opus"'), 'video/webm; codecs="vp8, opus"');
    assert.equal(read('application/vnd.openxmlformats-officedocument.wordprocessingml.document')?.length, 71);
  });

  it('is nothing else', () => {
    const wrong = [
      '',
      'png',
      'image/',
      '/png',
      'image/*',
      '*/*',
      'image/png\r\nx: y',
      'image/png; a',
      'image/png; a="b\\"c"',
      'image /png',
      'image/png;',
      'ïmage/png',
      `a/${'b'.repeat(300)}`,
      'image/png, text/html',
      'a/$b',
    ];
    for (const text of wrong) assert.equal(read(text), undefined, text);
  });

  it('is matched by kind or whole, never by what it begins with', () => {
    const allowed = (text: string) => {
      const type = readMediaType(text);
      assert.ok(type, text);
      return isAllowed(type, ['image/*', 'application/pdf']);
    };
    assert.ok(allowed('image/svg+xml') && allowed('IMAGE/PNG; x=y') && allowed('application/pdf'));
    assert.ok(
      !allowed('application/pdfx') &&
        !allowed('imagex/png') &&
        !allowed('text/html; image/png=x'.replace('image/png', 'a')),
    );
  });
});
