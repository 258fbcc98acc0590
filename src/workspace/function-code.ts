import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { locate } from './facts.ts';
import { createBundler } from './function-bundler.ts';
import { needsBundling } from './module-text.ts';

/** The code of a function as it is deployed: one ES module. */
export type FunctionCode = { kind: 'code'; text: string } | { kind: 'refused'; problem: DeploymentProblem };

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
      let text: string;
      try {
        text = await readFile(located.path, 'utf8');
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error);
        return problem('handler-unreadable', `${handler} (function ${name}) cannot be read.`, undefined, cause);
      }
      const reason = needsBundling(handler, text);
      if (reason === undefined) return { kind: 'code', text };
      if (!trusted) {
        const message = `${handler} (function ${name}) ${reason}, and this workspace is not trusted to run its bundler.`;
        return problem('untrusted-bundling', message, 'Trust the workspace to preview and deploy this function.');
      }
      return bundler.bundle(name, handler, located.path, reason);
    },
  };
}

/** What `CodeVersions` holds for a function: a hash of exactly the code that would be deployed. */
export function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
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
