import type { Problem } from '../blueprint/problem.ts';
import type { DeploymentProblem } from '../deployment/problem.ts';
import type { CompileProblem } from '../stacks/stack.ts';

/** Offsets of the beginnings of lines, for turning offsets into places. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1);
  return starts;
}

/** A problem of a Blueprint with the place where it is, counted from one. */
export interface PlacedProblem {
  file: string;
  line: number;
  column: number;
  severity: string;
  code: string;
  message: string;
  hint?: string;
}

/** Problems as they are printed, in the order of the text. */
export function placeProblems(
  file: string,
  text: string,
  problems: readonly (Problem | CompileProblem)[],
  rangeOf: (path: Problem['path']) => Problem['range'],
): PlacedProblem[] {
  const starts = lineStarts(text);
  return problems
    .map((problem) => ({ problem, start: 'range' in problem ? problem.range.start : rangeOf(problem.path).start }))
    .sort((a, b) => a.start - b.start)
    .map(({ problem, start }) => {
      const line = starts.findLastIndex((offset) => offset <= start);
      const { severity, code, message, hint } = problem;
      return {
        file,
        line: line + 1,
        column: start - (starts[line] ?? 0) + 1,
        severity,
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
      };
    });
}

/** `backdrift.yaml:3:5 error unknown-key …`, and the hint below. */
export function problemLines({ file, line, column, severity, code, message, hint }: PlacedProblem): string {
  const head = `${file}:${line}:${column} ${severity} ${code} ${message}`;
  return hint === undefined ? head : `${head}\n  ${hint}`;
}

/** A problem with an account or a deployment. */
export function obstacleLines({ code, message, hint, cause }: DeploymentProblem): string {
  return [
    `error ${code} ${message}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
    ...(cause === undefined ? [] : [`  (${cause})`]),
  ].join('\n');
}
