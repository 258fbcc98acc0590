import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../../scripts/build-options.mjs';

/** Every page that people read, from the root of the repository. */
const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(path.join(root, 'examples')).map((name) => `examples/${name}/README.md`),
].filter((page) => page.endsWith('.md'));

const read = (page: string) => readFileSync(path.join(root, page), 'utf8');

/** A page without what only looks like a link or a heading: blocks and spans of code. */
const prose = (page: string) => read(page).replace(/^(?:```[\s\S]*?^```|(?: {4}|\t).*)$/gm, '');

/** Links of a page that lead to a place in this repository. */
function linksOf(page: string): string[] {
  const text = prose(page).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) =>
    /^[a-z][a-z0-9+.-]*:/i.test(target) ? [] : [target],
  );
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => title);
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

/** Undefined where the link leads somewhere. */
function brokenAt(page: string, link: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.posix.join(path.posix.dirname(page), decodeURI(file));
  if (!existsSync(path.join(root, target))) return `${page}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor)) return undefined;
  return `${page}: ${target} has no heading #${anchor}`;
}

describe('links of the documentation', () => {
  it('are found in every kind of page', () => {
    assert.ok(linksOf('README.md').includes('CONTRIBUTING.md'));
    assert.ok(linksOf('docs/backend.md').includes('#signing-in'));
    assert.ok(anchorsOf('docs/members.md').has('without-tenants-the-first-admin'));
  });

  for (const page of pages) {
    it(`lead somewhere: ${page}`, () => {
      assert.deepEqual(
        linksOf(page).flatMap((link) => brokenAt(page, link) ?? []),
        [],
      );
    });
  }
});
