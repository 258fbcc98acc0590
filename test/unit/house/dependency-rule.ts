import type { Import } from './import-graph.ts';

/** The order of the house: a folder of src/ may import only folders named before it. */
export const order: readonly string[] = [
  'blueprint',
  'stacks',
  'changes',
  'validation',
  'cost',
  'preview',
  'deployment',
  'runtime',
  'aws',
  'workspace',
  'editor',
  'cli',
];

/** Folders that know nothing of the world: no editor, no SDK, no files, no clock. */
export const pureFolders = order.slice(0, order.indexOf('runtime'));

/** Built-ins without which pure code cannot hash. */
const pureBuiltins = ['node:crypto'];

/** Who may touch the file system inside src/; the runtime reads the model that is packed beside it in its zip. */
const withFiles = ['workspace', 'editor', 'cli', 'runtime', ''];

/** What is wrong with one import, in words; undefined when it is as it should be. */
export function violation({ from, to, typeOnly }: Import): string | undefined {
  const [fromTop, toTop] = [top(from), top(to)];
  if (toTop === 'test' || toTop === 'scripts')
    return `${from} imports ${to}: what ships does not import what checks it`;
  if (fromTop === 'local-aws' && toTop === 'src') return `${from} imports ${to}: local-aws and src meet over HTTP only`;
  if (fromTop === 'src' && toTop === 'local-aws') return `${from} imports ${to}: local-aws and src meet over HTTP only`;
  if (fromTop === 'webview-ui') return webviewViolation(from, to);
  // The protocol is the one file that both sides check their messages with.
  if (toTop === 'webview-ui' && to === 'webview-ui/protocol.ts' && folder(from) === 'editor') return undefined;
  if (toTop === 'webview-ui') return `${from} imports ${to}: the panel is reached by messages only`;
  if (to === 'vscode' && fromTop === 'local-aws') return `${from} imports vscode: local-aws runs without an editor`;
  if (fromTop !== 'src') return undefined;
  return toTop === 'src' ? orderViolation(from, to, typeOnly) : packageViolation(from, to);
}

function orderViolation(from: string, to: string, typeOnly: boolean): string | undefined {
  const [here, there] = [folder(from), folder(to)];
  if (here === there) return undefined;
  if (there === '') return `${from} imports ${to}: nothing imports a composition root`;
  if (here === '') return rootViolation(from, to, there);
  const [hereAt, thereAt] = [position(here), position(there)];
  if (hereAt < 0) return `${from}: the folder ${here} has no place in the order of the house`;
  if (thereAt < 0) return `${to}: the folder ${there} has no place in the order of the house`;
  if (here === 'cli' && there === 'editor')
    return `${from} imports ${to}: the command line knows nothing of the editor`;
  if (there === 'runtime' && !typeOnly) return `${from} imports ${to}: the runtime is loaded by Lambda only`;
  if (here === 'runtime' && !typeOnly) return `${from} imports ${to}: the runtime takes only types from above`;
  if (thereAt > hereAt) return `${from} imports ${to}: ${there} stands after ${here}`;
  return undefined;
}

function rootViolation(from: string, to: string, there: string): string | undefined {
  if (from === 'src/extension.ts' && there === 'cli')
    return `${from} imports ${to}: the editor knows nothing of the command line`;
  if (from === 'src/cli.ts' && there === 'editor')
    return `${from} imports ${to}: the command line knows nothing of the editor`;
  return undefined;
}

function packageViolation(from: string, to: string): string | undefined {
  const here = folder(from);
  const pure = pureFolders.includes(here);
  if (to === 'vscode' && here !== 'editor' && from !== 'src/extension.ts')
    return `${from} imports vscode: only editor does`;
  if (isSdk(to) && here !== 'aws' && here !== 'runtime') return `${from} imports ${to}: only aws and runtime do`;
  if (/^node:fs(\/|$)/.test(to) && !withFiles.includes(here))
    return `${from} imports ${to}: files come in through a port`;
  if (pure && to.startsWith('node:') && !pureBuiltins.includes(to))
    return `${from} imports ${to}: ${here} is free of the world`;
  return undefined;
}

function webviewViolation(from: string, to: string): string | undefined {
  if (to === 'vscode' || to.startsWith('node:') || isSdk(to))
    return `${from} imports ${to}: the panel runs in a browser`;
  if (top(to) === 'local-aws') return `${from} imports ${to}: the panel knows nothing of the local AWS`;
  return undefined;
}

/** The AWS SDK and the packages that it is made of. */
export function isSdk(name: string): boolean {
  return /^@(aws-sdk|smithy|aws-crypto)\//.test(name);
}

/** What a file pulls in when it is loaded: itself and all that it imports, directly or not, without what is loaded later. */
export function reach(start: string, graph: readonly Import[]): Set<string> {
  const reached = new Set([start]);
  for (const file of reached) {
    for (const { from, to, typeOnly } of graph) if (from === file && !typeOnly) reached.add(to);
  }
  return reached;
}

function top(file: string): string {
  return file.includes('/') && !file.startsWith('@') && !file.startsWith('node:') ? (file.split('/')[0] ?? '') : '';
}

/** The folder of src/ that a file stands in; '' for the composition roots. */
function folder(file: string): string {
  const parts = file.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}

function position(name: string): number {
  return order.indexOf(name);
}
