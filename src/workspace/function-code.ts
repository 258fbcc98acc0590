import { createHash } from 'node:crypto';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { largestCode, sizeOf } from './code-size.ts';
import { locate } from './facts.ts';
import { createBundler } from './function-bundler.ts';
import { needsBundling } from './module-text.ts';
import { readRealFile } from './read-file.ts';

/** The code of a function as it is deployed: one ES module, and where it was bundled, its source map. */
export type FunctionCode =
  | { kind: 'code'; text: string; map?: string /** It can be deployed, but. */; warning?: DeploymentProblem }
  | { kind: 'refused'; problem: DeploymentProblem };

export interface FunctionSource {
  /** A key of `functions:` or `workflows:`. */
  name: string;
  /** The source file, relative to the Blueprint. */
  handler: string;
}

/** Reads the code of a project's functions; keep one, it remembers bundles until a file changes. */
export interface FunctionReader {
  read(source: FunctionSource): Promise<FunctionCode>;
}

/**
 * @param options.trusted whether code of the workspace may be run: bundling runs its esbuild
 */
export function createFunctionReader(directory: string, { trusted }: { trusted: boolean }): FunctionReader {
  const bundler = createBundler(directory);
  return {
    async read({ name, handler }) {
      const located = locate(directory, directory, handler);
      if (located.kind !== 'file') return refused(name, handler, located.kind);
      const source = await readText(name, handler, located.path);
      if ('refusal' in source) return source.refusal;
      const { text } = source;
      const reason = needsBundling(handler, text);
      if (reason === undefined) {
        const size = sizeOf(text, name, handler);
        return size.kind === 'refused' ? size : { ...size, kind: 'code', text };
      }
      if (!trusted) {
        const message = `${handler} (function ${name}) ${reason}, and this workspace is not trusted to run its bundler.`;
        return problem('untrusted-bundling', message, 'Trust the workspace to preview and deploy this function.');
      }
      return bundler.bundle(name, handler, located.path, reason);
    },
  };
}

async function readText(
  name: string,
  handler: string,
  file: string,
): Promise<{ text: string } | { refusal: FunctionCode }> {
  const unreadable = (cause: string) => ({
    refusal: problem(
      'handler-unreadable',
      `${handler} (function ${name}) cannot be read.`,
      'Check that it is a file and that you may read it, then try again.',
      cause,
    ),
  });
  try {
    const read = await readRealFile(file, largestCode);
    switch (read.kind) {
      case 'read':
        return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read.bytes) };
      case 'too-large':
        return {
          refusal: problem(
            'handler-too-large',
            `${handler} (function ${name}) has more than 50 MB.`,
            'Keep data out of the code: put it into storage.',
          ),
        };
      case 'no-file':
        return unreadable('It is not a file.');
      case 'changed':
        return unreadable('It was replaced while it was read.');
    }
  } catch (error) {
    if (error instanceof TypeError) {
      const message = `${handler} (function ${name}) is not UTF-8 text.`;
      return { refusal: problem('handler-not-utf8', message, 'Save it with the encoding UTF-8.') };
    }
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** What `CodeVersions` holds for a function: a hash of exactly the code that would be deployed, with that of ours which stands around it. */
export function versionOf({ text, map }: { text: string; map?: string }, wrapper?: Uint8Array): string {
  const hash = createHash('sha256').update(text);
  if (map !== undefined) hash.update(`\0map\0${map}`);
  if (wrapper !== undefined) hash.update('\0wrapper\0').update(wrapper);
  return hash.digest('hex');
}

function refused(name: string, handler: string, kind: 'directory' | 'missing' | 'outside-workspace'): FunctionCode {
  if (kind === 'outside-workspace') {
    const message = `${handler} (function ${name}) lies outside the folder of the Blueprint.`;
    return problem('handler-outside', message, 'Move the file into it.');
  }
  const message =
    kind === 'directory'
      ? `${handler} (function ${name}) is a folder.`
      : `${handler} (function ${name}) does not exist.`;
  return problem('handler-missing', message, `Write a file there that exports handler.`);
}

function problem(code: string, message: string, hint?: string, cause?: string): FunctionCode {
  return {
    kind: 'refused',
    problem: { code, message, ...(hint === undefined ? {} : { hint }), ...(cause === undefined ? {} : { cause }) },
  };
}
