import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { isInside, locate, workspaceFacts } from '../../../src/workspace/facts.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';

describe('where a path leads', () => {
  const outer = temporaryFolder({ 'secret.mjs': 'x', 'project/functions/a.mjs': 'x', 'project-2/b.mjs': 'x' });
  const project = path.join(outer.path, 'project');
  const facts = workspaceFacts(project);
  before(() => {
    symlinkSync('..', path.join(project, 'up'));
    symlinkSync('../secret.mjs', path.join(project, 'stolen.mjs'));
    symlinkSync('functions', path.join(project, 'handlers'));
    symlinkSync('nowhere', path.join(project, 'dangling'));
    symlinkSync('circle', path.join(project, 'circle'));
    mkdirSync(path.join(project, '..dots'));
    writeFileSync(path.join(project, '..dots', 'c.mjs'), 'x');
  });
  after(() => outer.remove());

  const cases: [string, ReturnType<typeof facts.locate>][] = [
    ['functions/a.mjs', 'file'],
    ['./functions/../functions/a.mjs', 'file'],
    ['functions', 'directory'],
    ['.', 'directory'],
    ['handlers/a.mjs', 'file'],
    ['..dots/c.mjs', 'file'],
    ['functions/missing.mjs', 'missing'],
    ['missing/folder/x.mjs', 'missing'],
    ['', 'missing'],
    ['a\0b', 'missing'],
    ['dangling', 'missing'],
    ['circle', 'missing'],
    ['functions/a.mjs/below', 'missing'],
    ['../secret.mjs', 'outside-workspace'],
    ['../project-2/b.mjs', 'outside-workspace'],
    ['../not-there.mjs', 'outside-workspace'],
    ['stolen.mjs', 'outside-workspace'],
    ['up/secret.mjs', 'outside-workspace'],
    ['up/new-file.mjs', 'outside-workspace'],
    ['up', 'outside-workspace'],
    ['/etc/passwd', 'outside-workspace'],
    ['C:\\Windows\\win.ini', 'outside-workspace'],
    ['C:x', 'outside-workspace'],
    ['\\\\server\\share', 'outside-workspace'],
  ];
  for (const [written, expected] of cases) {
    it(`${JSON.stringify(written)} is ${expected}`, () => assert.equal(facts.locate(written), expected));
  }

  it('may be anywhere in a workspace that is larger than the Blueprint’s folder', () => {
    const wide = workspaceFacts(project, outer.path);
    assert.equal(wide.locate('../project-2/b.mjs'), 'file');
    assert.equal(wide.locate('../../x'), 'outside-workspace');
  });

  it('never lies outside, whatever is written', () => {
    const step = fc.constantFrom(
      '..',
      '.',
      'up',
      'functions',
      'handlers',
      'a.mjs',
      'stolen.mjs',
      'secret.mjs',
      '',
      'b.mjs',
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.string(), (steps, tail) => {
        const located = locate(project, project, [...steps, tail].join('/'));
        if ('path' in located) assert.ok(isInside(project, located.path), located.path);
      }),
      { numRuns: 2000 },
    );
  });
});
