import { join } from 'node:path';
import type { Blueprint } from '../blueprint/blueprint.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import { compile } from '../stacks/compile.ts';
import type { Compilation, CompileProblem } from '../stacks/stack.ts';
import { type CodeParts, codeVersions } from '../workspace/code.ts';
import { createFunctionReader, type FunctionReader } from '../workspace/function-code.ts';

/** A Blueprint as stacks, with where its code comes from. */
export interface CompiledProject {
  code: CodeParts;
  compilation: Compilation;
}

/** Compiles Blueprints for the editor: the code of functions is read again only when its files change. */
export class Compiler {
  readonly #runtimeDirectory: string;
  readonly #trusted: () => boolean;
  readonly #readers = new Map<string, FunctionReader>();

  /** `installation`: the folder of the extension. `trusted`: whether the workspace's own bundler may run. */
  constructor(installation: string, trusted: () => boolean) {
    this.#runtimeDirectory = join(installation, 'dist', 'runtime');
    this.#trusted = trusted;
  }

  async compile(directory: string, blueprint: Blueprint, environment: string): Promise<CompiledProject> {
    const code: CodeParts = {
      directory,
      blueprint,
      runtimeDirectory: this.#runtimeDirectory,
      functions: this.#functions(directory),
    };
    const { versions, problems } = await codeVersions(code);
    const { stacks, problems: found } = compile(blueprint, { environment, code: versions });
    // Why code is missing is told with its reason; that it is missing need not be told again.
    const rest = problems.length === 0 ? found : found.filter((problem) => problem.code !== 'code-missing');
    return { code, compilation: { stacks, problems: [...problems.map(codeProblem), ...rest] } };
  }

  #functions(directory: string): FunctionReader {
    const trusted = this.#trusted();
    const key = `${trusted}:${directory}`;
    const known = this.#readers.get(key);
    if (known) return known;
    const reader = createFunctionReader(directory, { trusted });
    this.#readers.set(key, reader);
    return reader;
  }
}

function codeProblem({ function: name, problem }: { function: string; problem: DeploymentProblem }): CompileProblem {
  const { code, message, hint } = problem;
  // In Restricted Mode nothing is wrong with the Blueprint: only its code cannot be looked at. Large code is only slow.
  const severity = code === 'untrusted-bundling' || code === 'large-code' ? 'warning' : 'error';
  return { code, severity, message, ...(hint === undefined ? {} : { hint }), path: ['functions', name] };
}
