import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { importsOf, readVsix, root, text, type Vsix } from './vsix.ts';

/** All that may be in the package. A new kind of file is added here and in .vscodeignore on purpose, or not at all. */
const allowed = [
  /^package(\.nls(\.[a-z-]+)?)?\.json$/,
  /^l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
  /^(readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^docs\/[a-z-]+\.md$/,
  /^media\/[a-z-]+\.(png|svg|md)$/,
  /^dist\/(extension|cli)\.js$/,
  /^dist\/backdrift\.schema\.json$/,
  /^dist\/chunks\/[\w.-]+\.js$/,
  /^dist\/local-aws\/(main|lambda-worker)\.js$/,
  /^dist\/local-aws\/lambda-sdk\/[\w-]+\.js$/,
  /^dist\/runtime\/(index|files|door|worker)\.mjs$/,
  /^dist\/webview\/(preview\.js|preview\.css|codicon\.css|codicon\.ttf)$/,
];

const required = [
  'LICENSE.txt',
  'changelog.md',
  'dist/backdrift.schema.json',
  'dist/cli.js',
  'dist/extension.js',
  'dist/local-aws/lambda-worker.js',
  'dist/local-aws/main.js',
  'dist/runtime/door.mjs',
  'dist/runtime/files.mjs',
  'dist/runtime/index.mjs',
  'dist/runtime/worker.mjs',
  'dist/webview/codicon.css',
  'dist/webview/codicon.ttf',
  'dist/webview/preview.css',
  'dist/webview/preview.js',
  'docs/problems.md',
  'package.nls.json',
  'readme.md',
];

/** The most that a download may weigh. */
const mostBytes = 1.5 * 1024 * 1024;

describe('the package', () => {
  let vsix: Vsix;
  before(() => {
    vsix = readVsix();
  });

  it('holds nothing that is not on the list', () => {
    const strangers = [...vsix.files.keys()].filter((name) => !allowed.some((pattern) => pattern.test(name)));
    assert.deepEqual(strangers, []);
  });

  it('holds all that the extension needs', () => {
    assert.deepEqual(
      required.filter((name) => !vsix.files.get(name)?.byteLength),
      [],
    );
  });

  it('holds every picture that the README shows', () => {
    const pictures = [...text(vsix.files, 'readme.md').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].flatMap(
      ([, file]) => file ?? [],
    );
    assert.ok(pictures.length > 0);
    assert.deepEqual(
      pictures.filter((file) => !vsix.files.has(file)),
      [],
    );
  });

  it(`weighs at most ${mostBytes / 1024} KB`, () => {
    assert.ok(vsix.bytes <= mostBytes, `${Math.round(vsix.bytes / 1024)} KB`);
  });

  it('holds no source, no source map and no reference to one', () => {
    for (const [name] of vsix.files) {
      assert.doesNotMatch(name, /\.(ts|tsx|map)$|\.test\.|node_modules/);
      if (/\.(m?js|css)$/.test(name))
        assert.doesNotMatch(text(vsix.files, name), /[#@] ?sourceMappingURL=(?!\$\{)/, name);
    }
  });

  it('holds no secret and no path of the machine that built it', () => {
    const telling: [string, RegExp][] = [
      ['an access key', /\b(AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}\b/],
      ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
      ['a token of a registry or a code host', /\b(npm_[A-Za-z0-9]{36}|gh[pousr]_[A-Za-z0-9]{36})\b/],
      ['a home directory', /(?<![\w.])\/(home|Users|root)\/[a-z]/],
      ['the folder of the build', new RegExp(literally(path.dirname(root)))],
    ];
    for (const name of vsix.files.keys()) {
      if (/\.(png|ttf)$/.test(name)) continue;
      const content = text(vsix.files, name);
      for (const [what, pattern] of telling) assert.doesNotMatch(content, pattern, `${name} holds ${what}`);
    }
  });

  it('resolves every import inside the package', () => {
    const missing: string[] = [];
    for (const name of vsix.files.keys()) {
      if (!/^dist\/.*\.m?js$/.test(name)) continue;
      const imports = importsOf(text(vsix.files, name));
      for (const specifier of [...imports.static, ...imports.late]) {
        if (!resolves(vsix, name, specifier)) missing.push(`${name} imports ${specifier}`);
      }
    }
    assert.deepEqual(missing, []);
  });

  it('needs no require where there is none', () => {
    for (const name of vsix.files.keys()) {
      if (/^dist\/.*\.m?js$/.test(name)) assert.doesNotMatch(text(vsix.files, name), /Dynamic require of/, name);
    }
  });
});

function resolves({ files }: Vsix, from: string, specifier: string): boolean {
  if (specifier.startsWith('.')) return files.has(path.posix.join(path.posix.dirname(from), specifier));
  const bare = specifier.replace(/^node:/, '');
  if (builtinModules.includes(bare) || builtinModules.includes(bare.split('/')[0] ?? '')) return true;
  if (specifier === 'vscode') return !from.startsWith('dist/cli') && !from.startsWith('dist/local-aws');
  // Lambda brings the SDK.
  return from.startsWith('dist/runtime/') && specifier.startsWith('@aws-sdk/');
}

function literally(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
