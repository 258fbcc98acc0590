import assert from 'node:assert/strict';
import path from 'node:path';
import { largestBlueprint } from '../../../src/blueprint/decode.ts';
import { findBlueprint, loadProject } from '../../../src/workspace/project.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';

describe('a project', () => {
  const folders: { remove(): void }[] = [];
  after(() => {
    for (const folder of folders) folder.remove();
  });
  const folder = (files: Record<string, string | Uint8Array> = {}): string => {
    const made = temporaryFolder(files);
    folders.push(made);
    return made.path;
  };

  for (const name of ['backdrift.yaml', 'backdrift.yml', 'backdrift.json']) {
    it(`has its Blueprint in ${name}`, async () => {
      const directory = folder({ [name]: '{"project": {"name": "Tasks"}}' });
      assert.deepEqual(await findBlueprint(directory), { kind: 'found', file: path.join(directory, name) });
      const loaded = await loadProject(directory);
      assert.equal(loaded.kind, 'loaded');
      if (loaded.kind === 'loaded') assert.equal(loaded.project.parsed.blueprint?.project.slug, 'tasks');
    });
  }

  it('needs one', async () => {
    const directory = folder({ 'backdrift.yaml/inside': 'a folder is no Blueprint' });
    const found = await findBlueprint(directory);
    assert.equal(found.kind, 'none');
    assert.equal((await loadProject(path.join(directory, 'missing'))).kind, 'none');
  });

  it('needs only one', async () => {
    const found = await loadProject(folder({ 'backdrift.yaml': '', 'backdrift.json': '{}' }));
    assert.ok(found.kind === 'several');
    assert.deepEqual(found.files, ['backdrift.yaml', 'backdrift.json']);
    assert.match(found.problem.message, /backdrift\.yaml, backdrift\.json/);
  });

  it('says why a file cannot be read', async () => {
    const latin = await loadProject(folder({ 'backdrift.yaml': new Uint8Array([0x61, 0xff, 0xfe]) }));
    assert.ok(latin.kind === 'unreadable' && latin.problem.code === 'not-utf-8');
    const large = await loadProject(folder({ 'backdrift.yaml': new Uint8Array(largestBlueprint + 1) }));
    assert.ok(large.kind === 'unreadable' && large.problem.code === 'too-large');
  });

  it('says in which line a file stops being UTF-8, and drops a byte order mark', async () => {
    const latin = await loadProject(folder({ 'backdrift.yaml': new Uint8Array([0x61, 0x0a, 0x62, 0x0a, 0xe9]) }));
    assert.ok(latin.kind === 'unreadable');
    assert.match(latin.problem.message, /line 3/);
    const wide = await loadProject(folder({ 'backdrift.yaml': new Uint8Array([0xff, 0xfe, 0x61, 0]) }));
    assert.ok(wide.kind === 'unreadable');
    assert.match(wide.problem.message, /UTF-16/);
    const marked = await loadProject(folder({ 'backdrift.yaml': '\ufeffproject: { name: A }\n' }));
    assert.ok(marked.kind === 'loaded');
    assert.equal(marked.project.parsed.blueprint?.project.slug, 'a');
  });

  it('is checked against its files', async () => {
    const text = 'project: { name: A }\nfunctions: [{ name: f, handler: ../outside.mjs }]\n';
    const loaded = await loadProject(folder({ 'backdrift.yaml': text }));
    assert.ok(loaded.kind === 'loaded');
    const problems = loaded.project.parsed.problems.filter(({ path: at }) => at.includes('handler'));
    assert.ok(problems.length > 0, JSON.stringify(loaded.project.parsed.problems));
  });
});
