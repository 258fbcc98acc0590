import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { decodeBlueprint, largestBlueprint, sizeProblem } from '../blueprint/decode.ts';
import { type ParsedBlueprint, parseBlueprint } from '../blueprint/parse.ts';
import type { Problem } from '../blueprint/problem.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { workspaceFacts } from './facts.ts';
import { readRealFile } from './read-file.ts';

/** The names under which a Blueprint lies in its folder. One language, whatever the name. */
export const blueprintFiles = ['backdrift.yaml', 'backdrift.yml', 'backdrift.json'] as const;

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
    if (!(await isDirectory(directory))) {
      const message = `There is no folder ${directory}.`;
      return {
        kind: 'none',
        problem: { code: 'no-folder', message, hint: 'Name the folder that holds backdrift.yaml.' },
      };
    }
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
  const unreadable = (cause: string) => {
    const hint = 'Check that the file is there and that you may read it.';
    return { problem: { code: 'blueprint-unreadable', message: `${name} cannot be read.`, hint, cause } };
  };
  try {
    const read = await readRealFile(await realpath(file), largestBlueprint);
    switch (read.kind) {
      case 'read': {
        const decoded = decodeBlueprint(read.bytes);
        return decoded.ok ? { text: decoded.text } : { problem: told(decoded.problem) };
      }
      case 'too-large': {
        const problem = sizeProblem(read.size);
        return problem ? { problem: told(problem) } : unreadable('It grew while it was read.');
      }
      case 'no-file':
        return unreadable('It is not a file.');
      case 'changed':
        return unreadable('It was replaced while it was read.');
    }
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

function told({ code, message, hint }: Problem): DeploymentProblem {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    // A link to nowhere and a folder that may not be entered hold no Blueprint that could be used.
    return false;
  }
}

async function isDirectory(directory: string): Promise<boolean> {
  try {
    return (await stat(directory)).isDirectory();
  } catch {
    // What cannot be looked at holds nothing that could be used.
    return false;
  }
}
