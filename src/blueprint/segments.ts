/**
 * Cuts a Blueprint's text into the items of its long lists and the skeleton around them, looking only at how lines
 * begin. Each piece can then be read on its own: a mistake in one item does not swallow the next, and an item whose
 * text did not change need not be read again.
 */
export interface Segments {
  /** The text without the items. */
  skeleton: string;
  lists: CutList[];
}

export interface CutList {
  path: readonly string[];
  /** Where in the skeleton the items were. */
  at: number;
  /** Ranges in the text, one for each item, each following the one before it. */
  items: { start: number; end: number }[];
}

const rootLists = new Set(['entities', 'functions', 'jobs', 'queues', 'storage', 'workflows']);
const apiLists = new Set(['resources', 'endpoints']);
const headerLine = /^ *([a-z]+):[ \t]*(?:#.*)?\r?$/;

/** Undefined when the text is laid out in a way that cannot be cut safely; it is then read as a whole. */
export function segment(text: string): Segments | undefined {
  const lists: CutList[] = [];
  let skeleton = '';
  let kept = 0;
  /** The last line was `entities:` or the like: the next line decides whether its list is cut. */
  let header: { path: readonly string[]; indent: number } | undefined;
  let list: (CutList & { indent: number; headerIndent: number }) | undefined;
  let inApi = false;
  let apiIndent: number | undefined;

  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    let at = start;
    while (text.charCodeAt(at) === 32) at++;
    const indent = at - start;
    const first = text.charCodeAt(at);
    const dash = first === 45 && isSpaceOrEnd(text.charCodeAt(at + 1));
    const lineStart = start;
    start = end;

    if (at >= end || first === 10 || first === 13 || first === 35) continue; // blank, or a comment
    if (first === 9) {
      // A tab in the indentation: part of the item, where its problem is reported; anywhere else, all bets are off.
      if (isBlank(text, at, end)) continue;
      if (list !== undefined && indent > list.indent) continue;
      return undefined;
    }
    if (list !== undefined) {
      if (indent > list.indent) continue;
      if (indent === list.indent && dash) {
        closeItem(list, lineStart);
        list.items.push({ start: lineStart, end: lineStart });
        continue;
      }
      // A closing bracket may stand as far left as the dash of its item.
      const closing = first === 93 || first === 125;
      if (indent === list.indent && (indent !== list.headerIndent || closing)) return undefined;
      closeList(lineStart);
    } else if (header !== undefined && dash && indent >= header.indent) {
      skeleton += text.slice(kept, lineStart);
      kept = lineStart;
      list = { path: header.path, at: skeleton.length, items: [], indent, headerIndent: header.indent };
      list.items.push({ start: lineStart, end: lineStart });
      header = undefined;
      continue;
    }
    header = undefined;
    if (indent === 0) {
      if (dash || first === 37 || text.startsWith('---', at) || text.startsWith('...', at)) return undefined;
      const key = headerLine.exec(text.slice(lineStart, newline < 0 ? end : newline))?.[1] ?? '';
      inApi = key === 'api';
      apiIndent = undefined;
      if (rootLists.has(key)) header = { path: [key], indent };
    } else if (inApi) {
      apiIndent ??= indent;
      if (indent === apiIndent) {
        const key = headerLine.exec(text.slice(lineStart, newline < 0 ? end : newline))?.[1] ?? '';
        if (apiLists.has(key)) header = { path: ['api', key], indent };
      }
    }
  }
  if (list !== undefined) closeList(text.length);
  if (new Set(lists.map(({ path }) => path.join('.'))).size < lists.length) return undefined;
  return { skeleton: skeleton + text.slice(kept), lists };

  function closeList(end: number): void {
    if (list === undefined) return;
    closeItem(list, end);
    kept = end;
    lists.push({ path: list.path, at: list.at, items: list.items });
    list = undefined;
  }
}

function closeItem(list: CutList, end: number): void {
  const last = list.items.at(-1);
  if (last !== undefined) last.end = end;
}

function isSpaceOrEnd(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9 || Number.isNaN(code);
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return false;
  }
  return true;
}
