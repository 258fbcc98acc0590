import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerFor, type CustomRule, contentType, type Site } from '../../../../local-aws/amplify/site.ts';

const site: Site = new Map(
  ['/index.html', '/app.js', '/docs/index.html', '/404.html'].map((path) => [
    path,
    { content: Buffer.from(path), type: contentType(path), etag: path },
  ]),
);
function answer(path: string, ...rules: CustomRule[]) {
  const given = answerFor(site, rules, path);
  if (given.kind === 'file') return `${given.status} ${Buffer.from(given.file.content)}`;
  return given.kind === 'redirect' ? `${given.status} → ${given.location}` : 'nothing';
}

describe('a site answers', () => {
  it('with files, index pages and its own error page', () => {
    assert.equal(answer('/'), '200 /index.html');
    assert.equal(answer('/docs'), '200 /docs/index.html');
    assert.equal(answer('/docs/'), '200 /docs/index.html');
    assert.equal(answer('/none'), '404 /404.html');
    assert.deepEqual(answerFor(new Map(), [], '/'), { kind: 'nothing' });
  });

  it('as a single page application, by either of the usual rules', () => {
    const missing = { source: '/<*>', target: '/index.html', status: '404-200' };
    assert.equal(answer('/tasks/1', missing), '200 /index.html');
    assert.equal(answer('/app.js', missing), '200 /app.js');
    const expression = {
      source: String.raw`</^[^.]+$|\.(?!(css|js)$)([^.]+$)/>`,
      target: '/index.html',
      status: '200',
    };
    assert.equal(answer('/tasks/1', expression), '200 /index.html');
    assert.equal(answer('/app.js', expression), '200 /app.js');
  });

  it('by the first rule that matches', () => {
    const rules = [
      { source: '/old/<*>', target: '/docs/<*>', status: '301' },
      { source: '/u/<name>', target: '/app.js?u=<name>', status: '302' },
      { source: '/docs/', target: '/app.js', status: '200' },
      { source: '/gone', target: '/404.html', status: '404' },
    ];
    assert.equal(answer('/old/a/b', ...rules), '301 → /docs/a/b');
    assert.equal(answer('/u/ada', ...rules), '302 → /app.js?u=ada');
    assert.equal(answer('/docs/', ...rules), '200 /app.js');
    assert.equal(answer('/gone', ...rules), '404 /404.html');
  });

  it('whatever the rules are', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.constantFrom('200', '301', '404', '404-200', undefined),
        (source, target, status) => {
          answer('/a/b', { source, target, status });
          answer('/a/b', { source: `</${source}/>`, target, status });
          answer('/a/b', { source: `/${source}<*><a><a>`, target, status });
        },
      ),
    );
  });

  it('with a type that says what a file is', () => {
    assert.equal(contentType('a/b.HTML'), 'text/html; charset=utf-8');
    assert.equal(contentType('constructor'), 'application/octet-stream');
    assert.equal(contentType('a.constructor'), 'application/octet-stream');
  });
});
