import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ParsedBlueprint, parseBlueprint } from '../blueprint/parse.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { workspaceFacts } from './facts.ts';

/** The names under which a Blueprint lies in its folder. One language, whatever the name. */
export const blueprintFiles = ['backdrift.yaml', 'backdrift.yml', 'backdrift.json'] as const;

/** A Blueprint is written by hand; what is larger than this is something else. Bytes. */
export const largestBlueprint = 10 * 1024 * 1024;

export type FoundBlueprint =
  | { kind: 'found'; file: string }
  | { kind: 'none'; problem: DeploymentProblem }
  /** Two or more: which one is meant cannot be told. */
  | { kind: 'several'; files: string[]; problem: DeploymentProblem };

/** Looks for the Blueprint of a folder. */
export async function findBlueprint(directory: string): Promise<FoundBlueprint> {
  const present = await Promise.all(
    blueprintFiles.map(async (name) => ((await isFile(path.join(directory, name))) ? [name] : [])),
  );
  const [first, ...others] = present.flat();
  if (first === undefined) {
    const message = `There is no Blueprint in ${directory}.`;
    return { kind: 'none', problem: { code: 'no-blueprint', message, hint: 'Create a file named backdrift.yaml.' } };
  }
  if (others.length === 0) return { kind: 'found', file: path.join(directory, first) };
  const files = [first, ...others];
  const message = `There are several Blueprints in ${directory}: ${files.join(', ')}.`;
  return { kind: 'several', files, problem: { code: 'several-blueprints', message, hint: 'Keep one of them.' } };
}

export interface Project {
  /** Absolute, as given. */
  directory: string;
  file: string;
  text: string;
  parsed: ParsedBlueprint;
}

export type LoadedProject =
  | { kind: 'loaded'; project: Project }
  | Exclude<FoundBlueprint, { kind: 'found' }>
  | { kind: 'unreadable'; file: string; problem: DeploymentProblem };

/** Finds, reads and parses the Blueprint of a folder. Problems in its text are in `parsed`. */
export async function loadProject(directory: string): Promise<LoadedProject> {
  const absolute = path.resolve(directory);
  const found = await findBlueprint(absolute);
  if (found.kind !== 'found') return found;
  const { file } = found;
  const read = await readText(file);
  if ('problem' in read) return { kind: 'unreadable', file, problem: read.problem };
  const parsed = parseBlueprint(read.text, workspaceFacts(absolute));
  return { kind: 'loaded', project: { directory: absolute, file, text: read.text, parsed } };
}

async function readText(file: string): Promise<{ text: string } | { problem: DeploymentProblem }> {
  const name = path.basename(file);
  try {
    const { size } = await stat(file);
    if (size > largestBlueprint) {
      const message = `${name} has ${Math.ceil(size / 1024 / 1024)} MB; a Blueprint has at most 10.`;
      return { problem: { code: 'blueprint-too-large', message } };
    }
    const bytes = await readFile(file);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) {
      const hint = 'Save it with the encoding UTF-8.';
      return { problem: { code: 'blueprint-not-utf8', message: `${name} is not UTF-8 text.`, hint } };
    }
    const cause = error instanceof Error ? error.message : String(error);
    const hint = 'Check that the file is there and that you may read it.';
    return { problem: { code: 'blueprint-unreadable', message: `${name} cannot be read.`, hint, cause } };
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    // A link to nowhere and a folder that may not be entered hold no Blueprint that could be used.
    return false;
  }
}
