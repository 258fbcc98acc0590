import type { PanelProblem } from '../../webview-ui/protocol.ts';
import type { Problem } from '../blueprint/problem.ts';
import type { CompileProblem } from '../stacks/stack.ts';

/** What the panel needs of a reading: its text and where things are in it. */
export interface ProblemSource {
  text: string;
  parsed: { problems: Problem[]; rangeOf(path: Problem['path'], part?: 'key' | 'value'): Problem['range'] };
}

/** The problems of the text and of its compilation, in the order of the text, each once. */
export function panelProblems(source: ProblemSource, found: readonly (Problem | CompileProblem)[]): PanelProblem[] {
  const seen = new Set<string>();
  return [...source.parsed.problems, ...found]
    .map((problem) =>
      'range' in problem ? problem : { ...problem, range: source.parsed.rangeOf(problem.path, 'key') },
    )
    .map(
      (problem): PanelProblem => ({
        key: `${problem.code}:${problem.path.join('.')}:${problem.message}`,
        severity: problem.severity,
        code: problem.code,
        message: problem.message,
        ...(problem.hint ? { hint: problem.hint } : {}),
        line: lineAt(source.text, problem.range.start),
        start: problem.range.start,
        end: problem.range.end,
      }),
    )
    .filter(({ key }) => !seen.has(key) && seen.add(key))
    .sort((a, b) => a.start - b.start);
}

/** 1-based. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
