import path from 'node:path';
import type { Blueprint } from '../blueprint/blueprint.ts';
import type { Problem } from '../blueprint/problem.ts';
import type { Baseline } from '../changes/baseline.ts';
import type { KnownSettings } from '../changes/known-parameters.ts';
import type { ArtifactSource, FrontendSource } from '../deployment/ports.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import type { Target } from '../deployment/target.ts';
import type { Preview } from '../preview/preview.ts';
import type { Compilation, CompileProblem } from '../stacks/stack.ts';
import type { Project } from '../workspace/project.ts';
import { tellObstacle } from './account.ts';
import type { OptionValues } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { placeProblems, problemLines } from './problem-lines.ts';
import { chooseTarget } from './target.ts';
import type { Terminal } from './terminal.ts';

/** A sound Blueprint and where it is to be deployed. */
export interface ReadProject {
  loaded: Project;
  blueprint: Blueprint;
  target: Target;
}

/** A project that compiles. */
export interface OpenProject extends ReadProject {
  text: string;
  compilation: Compilation;
  /** `settings`: of the account, where it was asked. */
  preview(baseline: Baseline | undefined, settings?: KnownSettings): Preview;
  /** Prints the changes of a preview that AWS would refuse; false when there are none. */
  tellRefused(preview: Preview): boolean;
  artifacts: ArtifactSource;
  frontend?: FrontendSource;
  /** What was deployed last, as far as this machine knows. */
  cachedBaseline(): Promise<Baseline | undefined>;
  keepBaseline(baseline: Baseline): Promise<void>;
}

/** The command has said what is wrong and ends. */
export interface Stopped {
  status: 'stopped';
  exit: ExitCode;
}

type Wish = Pick<OptionValues, 'directory' | 'environment' | 'profile' | 'json'>;

/** Reads the Blueprint and chooses the target; prints what is wrong with either. */
export async function readProject(
  wish: Wish,
  terminal: Terminal,
): Promise<{ status: 'read'; project: ReadProject } | Stopped> {
  const { loadProject } = await import('../workspace/project.ts');
  const loaded = await loadProject(path.resolve(terminal.workingDirectory, wish.directory ?? '.'));
  if (loaded.kind !== 'loaded') return refused(loaded.problem, wish, terminal);
  const { project } = loaded;
  const { blueprint, problems } = project.parsed;
  if (blueprint === undefined) {
    tellProblems(project, problems, wish, terminal);
    return { status: 'stopped', exit: exitCode.usage };
  }
  const chosen = chooseTarget(blueprint, wish, terminal.environment);
  if (chosen.status === 'unknown') {
    return refused({ code: 'unknown-environment', message: chosen.message }, wish, terminal);
  }
  return { status: 'read', project: { loaded: project, blueprint, target: chosen.target } };
}

/** Reads and compiles; prints every problem, and stops at errors. */
export async function openProject(
  wish: Wish,
  terminal: Terminal,
): Promise<{ status: 'open'; project: OpenProject } | Stopped> {
  const read = await readProject(wish, terminal);
  if (read.status === 'stopped') return read;
  const { loaded, blueprint, target } = read.project;
  const { directory, text, parsed } = loaded;
  const [{ artifactSource, codeVersions }, { createFunctionReader }, { compile }] = await Promise.all([
    import('../workspace/code.ts'),
    import('../workspace/function-code.ts'),
    import('../stacks/compile.ts'),
  ]);
  // Whoever runs a command in a folder trusts what is in it, as with npm or make.
  const functions = createFunctionReader(directory, { trusted: true });
  const parts = { directory, blueprint, runtimeDirectory: path.join(terminal.installation, 'runtime'), functions };
  const code = await codeVersions(parts);
  const compilation = compile(blueprint, { environment: target.environment, code: code.versions });

  const problems = [...parsed.problems, ...codeProblems(code.problems), ...known(compilation, code.problems)];
  const broken = problems.some(({ severity }) => severity === 'error');
  if (broken || wish.json !== true) tellProblems(loaded, problems, wish, terminal);
  if (broken) return { status: 'stopped', exit: exitCode.usage };

  const { buildPreview } = await import('../preview/build-preview.ts');
  const { environment, region } = target;
  return {
    status: 'open',
    project: {
      ...read.project,
      text,
      compilation,
      preview: (baseline, settings) =>
        buildPreview({
          blueprint,
          environment,
          region,
          compilation,
          problems: parsed.problems,
          ...(baseline === undefined ? {} : { baseline }),
          ...(settings === undefined ? {} : { settings }),
        }),
      tellRefused(preview) {
        // Those of the text and of its compilation are told already, and none of them is an error.
        const refused = preview.problems.filter(({ severity }) => severity === 'error');
        if (wish.json !== true) tellProblems(loaded, refused, wish, terminal);
        return refused.length > 0;
      },
      artifacts: artifactSource(parts),
      ...(blueprint.frontend === undefined ? {} : { frontend: await frontendOf(directory, blueprint.frontend) }),
      async cachedBaseline() {
        const { readBaseline } = await import('../workspace/baseline.ts');
        const account = target.kind === 'aws' ? target.account : undefined;
        const found = await readBaseline({
          directory,
          environment,
          region,
          ...(account === undefined ? {} : { account }),
        });
        if (found.kind === 'unusable')
          terminal.err(`warning old-baseline ${found.file} cannot be used: ${found.reason}`);
        return found.kind === 'found' ? found.baseline : undefined;
      },
      async keepBaseline(baseline) {
        const { writeBaseline } = await import('../workspace/baseline.ts');
        try {
          await writeBaseline(directory, baseline, new Date());
        } catch (error) {
          // The next preview compares with an older state; the deployment itself is as it is.
          const reason = error instanceof Error ? error.message : String(error);
          terminal.err(`warning no-baseline What was deployed could not be kept for the next preview: ${reason}`);
        }
      },
    },
  };
}

async function frontendOf(directory: string, frontend: NonNullable<Blueprint['frontend']>): Promise<FrontendSource> {
  const { frontendSource } = await import('../workspace/frontend.ts');
  return frontendSource(directory, frontend.directory);
}

type CodeProblems = { function: string; problem: { code: string; message: string; hint?: string } }[];

function codeProblems(problems: CodeProblems): CompileProblem[] {
  return problems.map(({ function: name, problem: { code, message, hint } }) => ({
    code,
    severity: code === 'large-code' ? 'warning' : 'error',
    message,
    ...(hint === undefined ? {} : { hint }),
    path: ['functions', name],
  }));
}

/** The compiler's problems without those that are the consequence of code that was refused: the reason is told already. */
function known({ problems }: Compilation, refused: CodeProblems): CompileProblem[] {
  return refused.length === 0 ? problems : problems.filter(({ code }) => code !== 'code-missing');
}

function refused(problem: DeploymentProblem, wish: Wish, terminal: Terminal): Stopped {
  tellObstacle(problem, terminal, wish.json === true);
  return { status: 'stopped', exit: exitCode.usage };
}

function tellProblems(
  { file, text, parsed }: Project,
  problems: readonly (Problem | CompileProblem)[],
  wish: Wish,
  terminal: Terminal,
): void {
  const shown = path.relative(terminal.workingDirectory, file) || file;
  const placed = placeProblems(shown, text, problems, parsed.rangeOf);
  if (wish.json) terminal.out(JSON.stringify({ problems: placed }, null, 2));
  else for (const problem of placed) terminal.err(problemLines(problem));
}
