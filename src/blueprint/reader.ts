import { crossCheck } from './checks/all.ts';
import { draftOf } from './draft.ts';
import { clamp, toProblem } from './finding.ts';
import { outlineOf } from './outline.ts';
import type { ParsedBlueprint, WorkspaceFacts } from './parse.ts';
import type { Problem, TextRange } from './problem.ts';
import { resolve } from './resolve.ts';
import { labelRange, locate, pathAt, plainValue, rangeOfLocated } from './source.ts';
import { TextReader } from './text-tree.ts';

/** The most problems of one kind (of the text, of its meaning) that are listed. More help nobody. */
const mostProblems = 1_000;

/** Reads one Blueprint again and again as it changes. */
export interface BlueprintReader {
  /**
   * The same as `parseBlueprint(text)`, but quick when little changed since the last call: entities and other list
   * items whose text is the same are not read again, and stay the same objects in the resolved Blueprint.
   */
  read(text: string): ParsedBlueprint;
}

export function createBlueprintReader(workspace?: WorkspaceFacts): BlueprintReader {
  const texts = new TextReader();
  return { read: (text) => readWith(texts, text, workspace) };
}

function readWith(texts: TextReader, text: string, workspace: WorkspaceFacts | undefined): ParsedBlueprint {
  const { root, problems: syntax, readable } = texts.read(text);
  const draft = draftOf(root);
  const outline = outlineOf(root, draft);
  const problems: Problem[] = syntax.slice(0, mostProblems).map(({ range, replacement, ...rest }) => {
    const inside = clamp(range, text.length);
    return {
      ...rest,
      path: [],
      range: inside,
      ...(replacement !== undefined && { replacement: { range: inside, text: replacement } }),
    };
  });
  const unreadable = problems.map(({ range }) => range);
  // Of a text that could not be read at all, nothing more can be said.
  const findings = readable
    ? [...draft.findings, ...crossCheck({ draft, outline, ...(workspace && { workspace }) })]
    : [];
  for (const finding of findings.slice(0, mostProblems)) {
    const problem = toProblem(finding, root, text);
    if (!unreadable.some((range) => follows(range, problem.range, text))) problems.push(problem);
  }
  problems.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const left = Math.max(0, syntax.length - mostProblems) + Math.max(0, findings.length - mostProblems);
  if (left > 0) problems.push(moreProblems(left, text));

  const sound = syntax.length === 0 && findings.every(({ severity }) => severity !== undefined && severity !== 'error');
  return {
    ...(sound && draft.document && { blueprint: resolve(draft.document) }),
    ...(syntax.length === 0 && draft.document && { document: draft.document }),
    outline,
    problems,
    rangeOf: (path, part = 'value') => {
      const { located, complete } = locate(root, path);
      return clamp(complete ? rangeOfLocated(located, part) : labelRange(located), text.length);
    },
    valueAt: (path) => {
      const { located, complete } = locate(root, path);
      return complete ? plainValue(located.node) : undefined;
    },
    pathAt: (offset) => pathAt(root, offset),
  };
}

/**
 * Whether a problem of meaning only follows from text that cannot be read: it begins inside that text, or is about a
 * key whose value would have been there.
 */
function follows(unreadable: TextRange, { start, end }: TextRange, text: string): boolean {
  if (unreadable.start <= start && start <= unreadable.end) return true;
  const gap = unreadable.start - end;
  return gap > 0 && gap < 100 && /^:\s*$/.test(text.slice(end, unreadable.start));
}

function moreProblems(left: number, text: string): Problem {
  return {
    code: 'more-problems',
    severity: 'information',
    message: `There are ${left} more problems, which are not listed.`,
    hint: 'Cure the first ones; the others are shown then.',
    range: clamp({ start: 0, end: 1 }, text.length),
    path: [],
  };
}
