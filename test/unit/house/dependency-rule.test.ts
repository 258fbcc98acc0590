import assert from 'node:assert/strict';
import manifest from '../../../package.json' with { type: 'json' };
import { order, reach, violation } from './dependency-rule.ts';
import { type Import, importGraph, importsInText, sourceFiles } from './import-graph.ts';

describe('the dependency rule', () => {
  let files: string[];
  let graph: Import[];
  before(async () => {
    ({ files, imports: graph } = await importGraph());
  });

  it('sees every source file', () => {
    const unseen = sourceFiles().filter((file) => !files.includes(file));
    assert.deepEqual(unseen, []);
    assert.ok(files.length > 10);
  });

  it('holds for every import in the house', () => {
    const violations = graph.flatMap((edge) => violation(edge) ?? []);
    assert.deepEqual(violations, []);
  });

  it('imports only packages that package.json names', () => {
    const declared = Object.keys(manifest.dependencies);
    const imported = new Set(graph.map(({ to }) => to).filter((to) => !to.startsWith('node:') && !files.includes(to)));
    assert.deepEqual(
      [...imported].filter((name) => name !== 'vscode' && !/\.(ts|json|css)$/.test(name) && !declared.includes(name)),
      [],
    );
  });

  it('keeps the panel free of Node, the editor and the SDK, also through what it imports', () => {
    for (const file of sourceFiles().filter((name) => name.startsWith('webview-ui/'))) {
      const foreign = [...reach(file, graph)].filter((name) =>
        /^(vscode$|node:|@aws-sdk\/|src\/(aws|workspace|cli)\/)/.test(name),
      );
      assert.deepEqual(foreign, [], file);
    }
  });

  it('knows every folder of src', () => {
    const folders = new Set(sourceFiles().flatMap((file) => /^src\/([^/]+)\//.exec(file)?.[1] ?? []));
    assert.deepEqual(
      [...folders].filter((name) => !order.includes(name)),
      [],
    );
  });
});

describe('what the dependency rule objects to', () => {
  const cases: [string, Import, RegExp | undefined][] = [
    [
      'an import against the order',
      edge('src/blueprint/parse.ts', 'src/stacks/stack.ts'),
      /stacks stands after blueprint/,
    ],
    ['a type import against the order', edge('src/stacks/a.ts', 'src/deployment/b.ts', true), /stands after/],
    ['an import in the order', edge('src/preview/a.ts', 'src/stacks/b.ts'), undefined],
    ['an import within a folder', edge('src/preview/a.ts', 'src/preview/deep/b.ts'), undefined],
    ['a value taken by the runtime', edge('src/runtime/a.ts', 'src/blueprint/b.ts'), /only types/],
    ['a type taken by the runtime', edge('src/runtime/a.ts', 'src/blueprint/b.ts', true), undefined],
    ['the runtime loaded by the engine', edge('src/aws/a.ts', 'src/runtime/index.ts'), /Lambda only/],
    ['cli importing editor', edge('src/cli/a.ts', 'src/editor/b.ts'), /knows nothing of the editor/],
    ['editor importing cli', edge('src/editor/a.ts', 'src/cli/b.ts'), /cli stands after editor/],
    ['the extension importing cli', edge('src/extension.ts', 'src/cli/b.ts'), /knows nothing of the command line/],
    ['a folder importing a root', edge('src/editor/a.ts', 'src/extension.ts'), /composition root/],
    ['a root importing anything', edge('src/cli.ts', 'src/aws/b.ts'), undefined],
    ['an unknown folder', edge('src/misc/a.ts', 'src/blueprint/b.ts'), /no place in the order/],
    ['the SDK in the engine', edge('src/deployment/a.ts', '@aws-sdk/client-s3'), /only aws and runtime/],
    ['the SDK in aws', edge('src/aws/a.ts', '@aws-sdk/client-s3'), undefined],
    ['vscode in aws', edge('src/aws/a.ts', 'vscode', true), /only editor/],
    ['vscode in the extension', edge('src/extension.ts', 'vscode'), undefined],
    ['files in the engine', edge('src/deployment/a.ts', 'node:fs/promises'), /through a port/],
    ['the panel in the editor', edge('src/editor/a.ts', 'webview-ui/preview.ts'), /by messages only/],
    ["the panel's protocol in the editor", edge('src/editor/a.ts', 'webview-ui/protocol.ts'), undefined],
    [
      "the panel's protocol in the engine",
      edge('src/preview/a.ts', 'webview-ui/protocol.ts', true),
      /by messages only/,
    ],
    ['files in workspace', edge('src/workspace/a.ts', 'node:fs'), undefined],
    ['a socket in the engine', edge('src/deployment/a.ts', 'node:net'), /free of the world/],
    ['a hash in the engine', edge('src/deployment/a.ts', 'node:crypto'), undefined],
    ['local-aws importing src', edge('local-aws/a.ts', 'src/stacks/b.ts', true), /over HTTP/],
    ['src importing local-aws', edge('src/editor/a.ts', 'local-aws/b.ts'), /over HTTP/],
    ['the panel importing vscode', edge('webview-ui/a.ts', 'vscode'), /browser/],
    ['src importing a test', edge('src/editor/a.ts', 'test/fakes/b.ts'), /does not import what checks it/],
  ];
  for (const [name, imported, expected] of cases) {
    it(`${expected ? 'objects to' : 'accepts'} ${name}`, () => {
      const found = violation(imported);
      if (expected) assert.match(found ?? '', expected);
      else assert.equal(found, undefined);
    });
  }

  it('reads type imports, re-exports and late imports from the text', () => {
    const text = [
      "import type {\n  A,\n  B,\n} from './a.ts';",
      "export type { C } from '../c.ts';",
      "const late = await import('node:fs');",
      "import './side-effect.ts';",
      "// import type { D } from './d.ts';",
      "/** from './e.ts' */",
      "import { readFile } from 'fs/promises';",
    ].join('\n');
    assert.deepEqual(
      importsInText(text, 'src/x/y.ts')
        .map(({ to }) => to)
        .sort(),
      ['node:fs', 'node:fs/promises', 'src/c.ts', 'src/x/a.ts', 'src/x/side-effect.ts'],
    );
  });

  it('follows imports as far as they are loaded', () => {
    const graph = [edge('a', 'b'), edge('b', 'c'), edge('c', 'd', true), edge('x', 'y')];
    assert.deepEqual([...reach('a', graph)], ['a', 'b', 'c']);
  });
});

function edge(from: string, to: string, typeOnly = false): Import {
  return { from, to, typeOnly };
}
