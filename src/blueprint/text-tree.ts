import type { Document } from 'yaml';
import { type Composed, compose, deepest, type SyntaxProblem } from './compose.ts';
import { jsonProblem, looksLikeJson } from './json-syntax.ts';
import { type CutList, type Segments, segment } from './segments.ts';
import type { SourceItem, SourceNode } from './source.ts';
import { syntaxProblem } from './syntax.ts';
import { toItem, toTree } from './tree.ts';

/** The largest Blueprint that is read, in UTF-16 units. Two megabytes are about 1,500 entities of 20 fields. */
export const largestText = 2_000_000;

export interface TextTree {
  root: SourceNode;
  /** With positions in the text. */
  problems: SyntaxProblem[];
  /** False when the text was refused as a whole, too large or too deep. */
  readable: boolean;
}

/** An item of a list, read on its own. Positions count from the start of its first line. */
interface ReadItem {
  node: SourceNode;
  problems: SyntaxProblem[];
}

/**
 * Reads texts into source trees, and remembers the items of the last text: an item whose text did not change keeps its
 * node, wherever it moved.
 */
export class TextReader {
  #items = new Map<string, ReadItem | 'entangled'>();
  #skeleton: { text: string; composed: Composed } | undefined;

  read(text: string): TextTree {
    if (text.length > largestText) return unread(tooLarge(text));
    if (looksLikeJson(text)) return readWhole(text);
    const segments = segment(text);
    const tree = segments === undefined || segments.lists.length === 0 ? undefined : this.#readSegments(text, segments);
    return tree ?? readWhole(text);
  }

  #readSegments(text: string, segments: Segments): TextTree | undefined {
    const problems: SyntaxProblem[] = [];
    const lists = new Map<string, SourceItem[]>();
    const used = new Map<string, ReadItem | 'entangled'>();
    let sound = true;
    for (const list of segments.lists) {
      const items: SourceItem[] = [];
      for (const { start, end } of list.items) {
        const itemText = text.slice(start, end);
        let item = used.get(itemText) ?? this.#items.get(itemText);
        if (item === undefined) {
          // A slice keeps the whole text alive; an item outlives many texts, so it gets a copy of its own.
          const copy = ` ${itemText}`.slice(1);
          item = readItem(copy);
          used.set(copy, item);
        } else used.set(itemText, item);
        if (item === 'entangled') {
          sound = false;
          continue;
        }
        items.push({ offset: start, node: item.node });
        for (const problem of item.problems) problems.push(moved(problem, start));
      }
      lists.set(list.path.join('.'), items);
    }
    this.#items = used;
    if (!sound) return undefined;
    if (this.#skeleton?.text !== segments.skeleton) {
      this.#skeleton = { text: segments.skeleton, composed: compose(segments.skeleton) };
    }
    const { composed } = this.#skeleton;
    if (composed.document === undefined || composed.secondDocument !== undefined) return undefined;
    const place = placeOf(segments.lists);
    let placed = 0;
    const tree = toTree(composed.document.contents, {
      text: segments.skeleton,
      place,
      cut: (path) => {
        const items = lists.get(path.join('.'));
        if (items !== undefined) placed++;
        return items;
      },
    });
    if (tree.entangled || placed !== lists.size) return undefined;
    problems.push(...tree.problems, ...documentProblems(composed.document, segments.skeleton, place));
    return { root: tree.root, problems: inOrder(problems), readable: true };
  }
}

function readItem(text: string): ReadItem | 'entangled' {
  const { document } = compose(text);
  const tree = document === undefined ? undefined : toItem(document.contents, text);
  if (document === undefined || tree === undefined || tree.entangled) return 'entangled';
  const problems = [...tree.problems, ...documentProblems(document, text, (position) => position)];
  return { node: tree.root, problems: inOrder(problems) };
}

/** Reads a text in one piece: what cutting it into items must agree with. */
export function readWhole(text: string): TextTree {
  const { document, refused, secondDocument } = compose(text);
  if (document === undefined) {
    return unread(refusal(refused ?? { code: 'too-deep', at: 0 }, text));
  }
  const tree = toTree(document.contents, { text, place: (position) => position });
  const errors = documentProblems(document, text, (position) => position);
  const json = errors.length > 0 && looksLikeJson(text) ? jsonProblem(text) : undefined;
  const problems =
    json === undefined
      ? [...tree.problems, ...errors]
      : [json, ...tree.problems.filter(({ code }) => code !== 'syntax-error')];
  if (secondDocument !== undefined) {
    problems.push({
      code: 'multiple-documents',
      severity: 'error',
      message: 'A Blueprint is one YAML document; a second one begins here.',
      hint: 'Remove the `---` and what follows it.',
      range: secondDocument,
    });
  }
  return { root: tree.root, problems: inOrder(problems), readable: true };
}

/** What the yaml package found wrong, at most one problem a line: the rest are its consequences. */
function documentProblems(document: Document.Parsed, text: string, place: (position: number) => number) {
  const problems: SyntaxProblem[] = [];
  const lines = new Set<number>();
  for (const error of document.errors) {
    // Reported by the tree, where the text begins, not where the file ends.
    if (error.code === 'DUPLICATE_KEY' || error.message.startsWith('Missing closing')) continue;
    // The same for anchors.
    if (error.code === 'BAD_ALIAS' && error.message.startsWith('Unresolved')) continue;
    const line = text.lastIndexOf('\n', Math.max(0, Math.min(error.pos[0], text.length) - 1));
    if (lines.has(line)) continue;
    lines.add(line);
    const problem = syntaxProblem(error, text);
    problems.push({ ...problem, range: { start: place(problem.range.start), end: place(problem.range.end) } });
  }
  return problems;
}

/** From positions in a skeleton to positions in the text. */
function placeOf(lists: readonly CutList[]): (position: number) => number {
  const shifts = lists.map(({ at, items }) => ({ at, by: (items.at(-1)?.end ?? 0) - (items[0]?.start ?? 0) }));
  return (position) => {
    let placed = position;
    for (const { at, by } of shifts) if (position >= at) placed += by;
    return placed;
  };
}

function moved(problem: SyntaxProblem, by: number): SyntaxProblem {
  return { ...problem, range: { start: problem.range.start + by, end: problem.range.end + by } };
}

function inOrder(problems: SyntaxProblem[]): SyntaxProblem[] {
  return problems.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

function unread(problem: SyntaxProblem): TextTree {
  return { root: { kind: 'scalar', value: null, start: 0, end: 0 }, problems: [problem], readable: false };
}

function refusal({ code, at }: NonNullable<Composed['refused']>, text: string): SyntaxProblem {
  const range = { start: Math.min(at, text.length), end: Math.min(at + 1, text.length) };
  if (code === 'too-many-aliases') {
    const message = 'The text has too many anchors, aliases and tags.';
    return { code, severity: 'error', message, hint: 'Write the values out.', range };
  }
  return {
    code,
    severity: 'error',
    message: `The text nests deeper than ${deepest} levels here.`,
    hint: 'Remove brackets, dashes or indentation until every level is needed.',
    range,
  };
}

function tooLarge(text: string): SyntaxProblem {
  return {
    code: 'too-large',
    severity: 'error',
    message: `The Blueprint has ${Math.ceil(text.length / 1_000_000)} million characters; ${largestText / 1_000_000} million are the most that is read.`,
    hint: 'Split the backend into several projects.',
    range: { start: 0, end: Math.min(1, text.length) },
  };
}
