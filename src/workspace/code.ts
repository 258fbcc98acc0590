import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Blueprint } from '../blueprint/blueprint.ts';
import type { ArtifactSource, BuildOutcome } from '../deployment/ports.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { functionArtifactKey, runtimeArtifactKey } from '../stacks/artifact-keys.ts';
import type { Artifact, CodeVersions } from '../stacks/stack.ts';
import { type FunctionReader, type FunctionSource, versionOf } from './function-code.ts';
import { deterministicZip } from './zip.ts';

/** Where the code of a project comes from. */
export interface CodeParts {
  /** The folder of the Blueprint. */
  directory: string;
  blueprint: Blueprint;
  /** The folder that holds what runs in Lambda, `index.mjs`, `files.mjs`, `door.mjs` and `worker.mjs`: `dist/runtime`. */
  runtimeDirectory: string;
  functions: FunctionReader;
}

export interface ReadCode {
  /** A function whose code cannot be deployed is not in it; the compiler reports it. */
  versions: CodeVersions;
  /** Why, function by function; and `large-code`, a warning about one that can. */
  problems: { function: string; problem: DeploymentProblem }[];
}

/** The file of the zip with the user's own code, where something of ours stands around it. */
const wrapped = 'handler.mjs';

/** Hashes of all the code that a deployment would carry. Rejects when the runtime itself is missing: a broken installation. */
export async function codeVersions({ blueprint, runtimeDirectory, functions }: CodeParts): Promise<ReadCode> {
  const runtime = sha256(await readRuntime(runtimeDirectory, 'index.mjs'));
  const servesFiles = blueprint.api !== undefined && blueprint.storage.length > 0;
  const files = servesFiles ? sha256(await readRuntime(runtimeDirectory, 'files.mjs')) : undefined;
  const problems: ReadCode['problems'] = [];
  const versions = await Promise.all(
    sourcesOf(blueprint).map(async (source): Promise<[string, string][]> => {
      const code = await functions.read(source);
      const problem = code.kind === 'code' ? code.warning : code.problem;
      if (problem !== undefined) problems.push({ function: source.name, problem });
      if (code.kind === 'refused') return [];
      return [[source.name, versionOf(code, await readWrapper(blueprint, source.name, runtimeDirectory))]];
    }),
  );
  return {
    versions: { runtime, ...(files === undefined ? {} : { files }), functions: Object.fromEntries(versions.flat()) },
    problems,
  };
}

/**
 * The zip behind an artifact's key: the same key, the same bytes. What has changed since the project was compiled is
 * refused: nobody has seen a preview of it, and under this key it would be found by every later deployment.
 */
export async function buildArtifact(artifact: Artifact, parts: CodeParts): Promise<BuildOutcome> {
  const { source } = artifact;
  if (source.kind !== 'function') {
    const runtime = await readRuntime(parts.runtimeDirectory, source.kind === 'files' ? 'files.mjs' : 'index.mjs');
    if (runtimeArtifactKey(sha256(runtime), source.model) !== artifact.key)
      return changed('The runtime of Backdrift was replaced', 'Reload the window, then preview and deploy again.');
    return built([
      ['index.mjs', runtime],
      ['model.json', new TextEncoder().encode(source.model)],
    ]);
  }
  const declared = sourcesOf(parts.blueprint).find(({ name }) => name === source.function);
  if (declared === undefined) {
    const message = `The Blueprint has no function ${source.function}.`;
    return { status: 'failed', problem: { code: 'unknown-function', message, hint: 'Preview again.' } };
  }
  const code = await parts.functions.read(declared);
  if (code.kind === 'refused') return { status: 'failed', problem: code.problem };
  const wrapper = await readWrapper(parts.blueprint, declared.name, parts.runtimeDirectory);
  if (functionArtifactKey(versionOf(code, wrapper), source.door) !== artifact.key)
    return changed(`The code of ${declared.name} has changed`, 'Preview and deploy again.');
  if (wrapper === undefined) return built(moduleFiles('index.mjs', code));
  return built([
    ['index.mjs', wrapper],
    ...(source.door === undefined
      ? []
      : [['door.json', new TextEncoder().encode(source.door)] as [string, Uint8Array]]),
    ...moduleFiles(wrapped, code),
  ]);
}

/** A module with its source map beside it, where it has one: stack traces then name the lines that somebody wrote. */
function moduleFiles(name: string, { text, map }: { text: string; map?: string }): [string, Uint8Array][] {
  const encode = (content: string) => new TextEncoder().encode(content);
  if (map === undefined) return [[name, encode(text)]];
  // In two parts, or tools would take our own code for one with such a map.
  const reference = ['//#', `sourceMappingURL=${name}.map`].join(' ');
  return [
    [name, encode(`${text.trimEnd()}\n${reference}\n`)],
    [`${name}.map`, encode(map)],
  ];
}

/**
 * What stands around a function: the door where endpoints call it, the worker where only jobs and queues do, nothing where
 * nobody does. Workflows are called by neither.
 */
async function readWrapper(
  { api, functions, jobs, queues }: Blueprint,
  name: string,
  runtimeDirectory: string,
): Promise<Uint8Array | undefined> {
  if (!functions.some((declared) => declared.name === name)) return undefined;
  const calls = (by: { function: string }) => by.function === name;
  if (api?.endpoints.some(calls)) return readRuntime(runtimeDirectory, 'door.mjs');
  return [...jobs, ...queues].some(calls) ? readRuntime(runtimeDirectory, 'worker.mjs') : undefined;
}

/** The engine's port on this project's code. */
export function artifactSource(parts: CodeParts): ArtifactSource {
  return { build: (artifact) => buildArtifact(artifact, parts) };
}

type Bundle = 'index.mjs' | 'files.mjs' | 'door.mjs' | 'worker.mjs';

function readRuntime(directory: string, bundle: Bundle): Promise<Uint8Array> {
  return readFile(path.join(directory, bundle));
}

function sourcesOf({ functions, workflows }: Blueprint): FunctionSource[] {
  return [...functions, ...workflows].map(({ name, handler }) => ({ name, handler }));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function changed(what: string, hint: string): BuildOutcome {
  const message = `${what} since the preview, so it was not deployed.`;
  return { status: 'failed', problem: { code: 'code-changed', message, hint } };
}

function built(files: [string, Uint8Array][]): BuildOutcome {
  return { status: 'built', bytes: deterministicZip(new Map(files)) };
}
