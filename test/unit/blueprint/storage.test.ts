import assert from 'node:assert/strict';
import { parseBlueprint } from '../../../src/blueprint/parse.ts';
import { filesPathOf, maxBytes } from '../../../src/blueprint/storage.ts';

const head = 'project: { name: Shop }\nauth: { roles: [admin] }\n';
const note = 'entities: [{ name: note }]\n';

function problemsOf(text: string) {
  return parseBlueprint(head + text).problems.map(({ code, message }) => `${code} ${message}`);
}
const codesOf = (text: string) => problemsOf(text).map((problem) => problem.split(' ')[0]);

describe('the storage of a Blueprint', () => {
  it('has its routes below /files, or where it says', () => {
    assert.equal(filesPathOf({ name: 'rawExports' }), '/files/raw-exports');
    assert.equal(filesPathOf({ name: 'a', base_path: '/v1/a' }), '/v1/a');
    assert.deepEqual(codesOf('api: {}\nstorage: [{ name: a }, { name: b, base_path: /v1/b }]\n'), []);
  });

  it('may not stand in the way of other routes', () => {
    const [entity, ...others] = problemsOf(
      `${note}api: { resources: [{ entity: note, base_path: /files/a }] }\nstorage: [{ name: a }]\n`,
    );
    assert.match(entity ?? '', /^duplicate-route POST \/files\/a is there already: it is `create` of `note`/);
    assert.equal(others.length, 0);
    assert.deepEqual(codesOf('api: {}\nstorage: [{ name: a, base_path: /x }, { name: b, base_path: /x }]\n'), [
      'duplicate-route',
    ]);
    assert.deepEqual(codesOf('api: {}\nstorage: [{ name: a, base_path: /health }]\n'), ['reserved-route']);
    const endpoint =
      'functions: [{ name: f, handler: f.mjs }]\napi: { endpoints: [{ method: GET, path: "/files/a/{key}", function: f }] }\n';
    const conflicts = parseBlueprint(`${head}${endpoint}storage: [{ name: a }]\n`).problems;
    assert.deepEqual(
      conflicts.map(({ code }) => code),
      ['duplicate-route', 'path-parameter-conflict'],
    );
    assert.equal(
      conflicts[1]?.replacement?.text,
      '"/files/a/{id}"',
      'the endpoint can be written otherwise, the storage cannot',
    );
    const keyed =
      'entities: [{ name: note, fields: [{ name: key, primary: true }] }]\napi: { resources: [{ entity: note, base_path: /files/a }] }\n';
    const [, other] = parseBlueprint(`${head}${keyed}storage: [{ name: a }]\n`).problems;
    assert.equal(other?.code, 'path-parameter-conflict');
    assert.equal(other?.replacement, undefined);
    assert.deepEqual(
      codesOf('storage: [{ name: a, base_path: /x }, { name: b, base_path: /x }]\n'),
      [],
      'without an API there are no routes',
    );
  });

  it('has a plain path', () => {
    for (const path of ['files', '/files/', '/files//a', '"/files/{id}"', '/files/a b', '/files/../b?c'])
      assert.deepEqual(codesOf(`api: {}\nstorage: [{ name: a, base_path: ${path} }]\n`), ['bad-path'], path);
  });

  it('takes files as large as one upload to S3', () => {
    assert.equal(maxBytes({}), 10_485_760);
    assert.equal(maxBytes({ max_size: '3KB' }), 3072);
    assert.deepEqual(codesOf('storage: [{ name: a, max_size: 5GB }]\n'), []);
    for (const size of ['6GB', '5121MB', '999999GB'])
      assert.deepEqual(codesOf(`storage: [{ name: a, max_size: ${size} }]\n`), ['out-of-range'], size);
  });

  it('keeps the names of its functions to itself', () => {
    const named = (name: string) =>
      codesOf(`api: {}\nfunctions: [{ name: ${name}, handler: f.mjs }]\nstorage: [{ name: raw_files }]\n`);
    assert.deepEqual(named('storage_upload_raw_files_handler'), ['reserved-name']);
    assert.deepEqual(named('storage_upload_other_handler'), []);
  });
});
