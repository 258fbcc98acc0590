import type { ProblemCode } from './codes.ts';
import type { BlueprintPath, Problem, TextRange } from './problem.ts';
import { labelRange, locate, rangeOfLocated, type SourceNode } from './source.ts';

/**
 * A problem before it has a place in the text: checks speak of paths only, so that what they found stays true when the
 * text around it moves.
 */
export interface Finding {
  code: ProblemCode;
  /** Default: error. */
  severity?: Problem['severity'];
  message: string;
  hint?: string;
  path: BlueprintPath;
  /** Shown at the key or at the value of `path`, or at what stands for the whole node (`label`). Default: value. */
  at?: 'key' | 'value' | 'label';
  /** Only this part of the written value, counted from its first character inside the quotes. */
  span?: TextRange;
  /**
   * What to write in its place: other text, quoted as the text before it was unless `raw`; or the same text in quotes
   * or brackets.
   */
  replacement?: { text: string; raw?: boolean } | { edit: 'quote' | 'bracket' };
}

/** The same findings, seen from further up. */
export function under(prefix: BlueprintPath, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, path: [...prefix, ...finding.path] }));
}

/** Gives a finding its place in the text. */
export function toProblem(finding: Finding, root: SourceNode, text: string): Problem {
  const { code, severity = 'error', message, hint, path } = finding;
  const place = rangeOfFinding(finding, root, text);
  const range = clamp(place.range, text.length);
  const problem: Problem = { code, severity, message, range, path };
  if (hint !== undefined) problem.hint = hint;
  if (finding.replacement !== undefined && place.exact && range.end > range.start) {
    problem.replacement = { range, text: replacementText(finding.replacement, text.slice(range.start, range.end)) };
  }
  return problem;
}

/** `exact` when the range is the very text that the finding is about, and not something that stands for it. */
function rangeOfFinding({ path, at = 'value', span }: Finding, root: SourceNode, text: string) {
  const { located, complete } = locate(root, path);
  if (!complete || at === 'label') return { range: labelRange(located), exact: false };
  const range = rangeOfLocated(located, at);
  const exact = at === 'key' || located.node.end > located.node.start;
  if (span === undefined) return { range, exact };
  const open = /["']/.test(text.charAt(range.start)) ? 1 : 0;
  const start = range.start + open + span.start;
  const end = Math.min(range.start + open + span.end, range.end - open);
  return { range: start < end ? { start, end } : range, exact: false };
}

/** Keeps the range inside the text, whatever it was. */
export function clamp({ start, end }: TextRange, length: number): TextRange {
  const from = Math.max(0, Math.min(start, length));
  return { start: from, end: Math.max(from, Math.min(end, length)) };
}

function replacementText(replacement: NonNullable<Finding['replacement']>, before: string): string {
  if ('edit' in replacement) return replacement.edit === 'quote' ? JSON.stringify(before) : `[${before}]`;
  return replacement.raw ? replacement.text : quotedLike(before, replacement.text);
}

function quotedLike(before: string, text: string): string {
  const quote = before.charAt(0);
  if (quote === '"') return JSON.stringify(text);
  if (quote === "'") return `'${text.replaceAll("'", "''")}'`;
  return text;
}
