import assert from 'node:assert/strict';
import { decodeBlueprint } from '../../../src/blueprint/decode.ts';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';

function codesOf(text: string): string[] {
  return [...new Set(parseBlueprint(text).problems.map(({ code }) => code))];
}

const head = 'project: { name: Shop }\n';

describe('Hostile text', () => {
  it('is not read when it is too large', () => {
    assert.deepEqual(codesOf(`${head}# ${'x'.repeat(10_000_000)}`), ['too-large']);
  });

  for (const [what, text] of Object.entries({
    'square brackets': '['.repeat(200_000),
    braces: '{a: '.repeat(100_000),
    'closed brackets': '['.repeat(5_000) + ']'.repeat(5_000),
    dashes: '- '.repeat(200_000),
    'question marks': '? '.repeat(100_000),
    'indented keys': Array.from({ length: 1_500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    'indented dashes': Array.from({ length: 1_500 }, (_, depth) => `${' '.repeat(depth)}-`).join('\n'),
    'brackets in an entity': `${head}entities:\n  - name: a\n    fields: ${'['.repeat(100_000)}\n`,
    'JSON arrays': `{"project": ${'['.repeat(100_000)}`,
  })) {
    it(`is stopped when ${what} nest too deep`, () => assert.deepEqual(codesOf(text), ['too-deep']));
  }

  it('may hold brackets in text', () => {
    const text = `project: { name: Shop, description: "${'['.repeat(500)}" }\nentities: # ${'['.repeat(500)}\n  - name: task # ${'{'.repeat(500)}\n    description: a ${'['.repeat(500)}\n`;
    assert.deepEqual(codesOf(text), []);
  });

  it('cannot grow through aliases', () => {
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let level = 1; level < 12; level++) {
      bomb += `a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]\n`;
    }
    assert.ok(codesOf(head + bomb).includes('too-many-aliases'));
  });

  it('may use an alias honestly', () => {
    const text = `${head}auth: { tokens: { access: &short 30m, id: *short } }\n`;
    assert.equal(parseBlueprint(text).blueprint?.auth?.tokens.id, '30m');
  });

  it('cannot contain itself', () => {
    assert.ok(codesOf(`${head}entities: &e [ *e ]\n`).includes('unknown-anchor'));
  });

  for (const key of ['__proto__', 'constructor', 'prototype']) {
    it(`cannot use ${key} as a key, in YAML or JSON, and pollutes nothing`, () => {
      const yaml = `${head}functions:\n  - name: a\n    handler: a.mjs\n    environment: { ${key}: polluted }\n`;
      const json = `{"project": {"name": "Shop"}, "${key}": {"polluted": true}}`;
      assert.deepEqual(codesOf(yaml), ['forbidden-key']);
      assert.deepEqual(codesOf(json), ['forbidden-key']);
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    });
  }

  it('cannot name things after what every object has', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'];
    for (const name of names) {
      assert.ok(codesOf(`${head}entities: [ { name: ${name} } ]\n`).includes('reserved-name'), name);
      assert.ok(codesOf(`${head}entities: [ { name: a, fields: [ { name: ${name} } ] } ]\n`).includes('reserved-name'));
      assert.notDeepEqual(codesOf(`${head}environments: { ${name}: {} }\n`), [], name);
    }
  });

  it('is listed up to a limit, and counted beyond', () => {
    const text = head + Array.from({ length: 3_000 }, (_, index) => `k${index}: 1\n`).join('');
    const { problems } = parseBlueprint(text);
    assert.equal(problems.length, 1_001);
    assert.deepEqual(problems.at(-1)?.code, 'more-problems');
    assert.match(problems.at(-1)?.message ?? '', /2000 more/);
  });

  it('may be anything at the root', () => {
    assert.deepEqual(codesOf(''), ['empty-blueprint']);
    assert.deepEqual(codesOf('# nothing\n'), ['empty-blueprint']);
    assert.deepEqual(codesOf('just text'), ['wrong-type']);
    assert.deepEqual(codesOf('- a\n- b\n'), ['wrong-type']);
    assert.deepEqual(codesOf('42'), ['wrong-type']);
  });

  it('does not keep the reader busy with a slow pattern', () => {
    const field = `{ name: a, pattern: "(a|a)*(a|aa)+$", default: ${'a'.repeat(60)}b }`;
    assert.deepEqual(codesOf(`${head}entities: [ { name: task, fields: [ ${field} ] } ]\n`), []);
  });
});

describe('decodeBlueprint', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const codeOf = (input: Uint8Array) => {
    const decoded = decodeBlueprint(input);
    return decoded.ok ? decoded.text : decoded.problem.code;
  };

  it('reads UTF-8, with or without a byte order mark', () => {
    assert.equal(codeOf(bytes('name: Café 项目 😀')), 'name: Café 项目 😀');
    assert.equal(codeOf(bytes('\uFEFFname: x')), 'name: x');
    assert.equal(codeOf(bytes('')), '');
  });

  it('refuses other encodings, and says where', () => {
    const latin1 = Uint8Array.from([...'a: 1\nname: Caf'].map((sign) => sign.charCodeAt(0)).concat(0xe9, 0x0a));
    const decoded = decodeBlueprint(latin1);
    assert.ok(!decoded.ok);
    assert.equal(decoded.problem.code, 'not-utf-8');
    assert.match(decoded.problem.message, /line 2/);
    assert.equal(codeOf(Uint8Array.from([0xff, 0xfe, 0x61, 0x00])), 'not-utf-8');
    assert.equal(codeOf(Uint8Array.from([0xfe, 0xff, 0x00, 0x61])), 'not-utf-8');
    assert.equal(codeOf(Uint8Array.from([0x61, 0xc3])), 'not-utf-8', 'cut in the middle of a character');
  });

  it('refuses what is too large before reading it', () => {
    assert.equal(codeOf(new Uint8Array(10_000_000)), 'too-large');
  });
});
