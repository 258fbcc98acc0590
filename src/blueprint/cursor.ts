import type { BlueprintPath } from './problem.ts';

/** What a cursor in a Blueprint's text is about to write. */
export interface Cursor {
  /** The map or list item that the cursor is in; for a value, the path of the value. */
  path: BlueprintPath;
  writes: 'key' | 'value';
  /** What is written of it already, quotes included. */
  start: number;
  end: number;
  /** The text is JSON, or the cursor is inside quotes: names need double quotes. */
  quoted: boolean;
  /** In brackets: what follows an item is a comma, not a new line. */
  flow: boolean;
}

/** An open level of the text before the cursor. */
type Level =
  | { kind: 'block-map'; indent: number; key?: string }
  | { kind: 'block-list'; indent: number; index: number }
  | { kind: 'flow-map'; key?: string | undefined }
  | { kind: 'flow-list'; index: number };

/**
 * Finds out where a cursor is from the lines before it alone: what is being typed is broken more often than not, and
 * indentation and brackets say enough. Undefined inside comments and block text.
 */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  const at = Math.max(0, Math.min(offset, text.length));
  // Before a byte order mark nothing can be written.
  if (at === 0 && text.charCodeAt(0) === 0xfeff) return undefined;
  return new Scan(text, at).run();
}

class Scan {
  readonly #text: string;
  readonly #cursor: number;
  readonly #levels: Level[] = [];
  /** Lines deeper than this belong to a block text (`|` or `>`). */
  #blockText: number | undefined;

  constructor(text: string, cursor: number) {
    this.#text = text;
    this.#cursor = cursor;
  }

  run(): Cursor | undefined {
    let at = this.#text.charCodeAt(0) === 0xfeff ? 1 : 0;
    for (;;) {
      const lineEnd = endOfLine(this.#text, at);
      const found = this.#line(at, Math.min(lineEnd, this.#cursor));
      if (this.#cursor <= lineEnd) return found;
      at = this.#text.indexOf('\n', lineEnd) + 1;
    }
  }

  /** Reads a line up to `end`; what it gives counts when the cursor stands at `end`. */
  #line(start: number, end: number): Cursor | undefined {
    let at = start;
    while (at < end && this.#text.charAt(at) === ' ') at++;
    const last = this.#cursor <= endOfLine(this.#text, start);
    if (this.#inFlow()) return this.#tokens(at, end);
    const blank = at >= end;
    const indent = at - start;
    if (this.#blockText !== undefined) {
      if (blank || indent > this.#blockText) return undefined;
      this.#blockText = undefined;
    }
    if (blank && !last) return undefined;
    if (this.#text.charAt(at) === '#') return undefined;
    this.#closeBlocks(indent, this.#text.charAt(at) === '-' && at < end);
    return this.#block(at, end, indent);
  }

  #inFlow(): boolean {
    const level = this.#levels.at(-1);
    return level?.kind === 'flow-map' || level?.kind === 'flow-list';
  }

  /** Ends the blocks that a line with this indentation is not inside of. */
  #closeBlocks(indent: number, dash: boolean): void {
    for (;;) {
      const level = this.#levels.at(-1);
      if (level?.kind !== 'block-map' && level?.kind !== 'block-list') return;
      if (level.indent < indent) return;
      // A list may stand in the column of the key that it belongs to.
      if (level.indent === indent && (level.kind === 'block-list') === dash) return;
      if (level.indent === indent && level.kind === 'block-map' && dash && this.#levels.length > 0) return;
      this.#levels.pop();
    }
  }

  #block(start: number, end: number, column: number): Cursor | undefined {
    let at = start;
    let indent = column;
    while (this.#text.charAt(at) === '-' && at < end && /[\s]|^$/.test(this.#text.charAt(at + 1))) {
      const level = this.#levels.at(-1);
      if (level?.kind === 'block-list' && level.indent === indent) level.index++;
      else this.#levels.push({ kind: 'block-list', indent, index: 0 });
      at++;
      indent++;
      while (at < end && this.#text.charAt(at) === ' ') {
        at++;
        indent++;
      }
    }
    const key = /^("[^"\n]*"|'[^'\n]*'|[^\s#&*!|>%@`"'{}[\],?:-][^\n:#]*?|-[^\s][^\n:#]*?)[ ]*:(?=[ \r\n]|$)/.exec(
      this.#text.slice(at, end),
    );
    if (key === null) {
      const first = this.#text.charAt(at);
      if (at < end && (first === '{' || first === '[')) return this.#tokens(at, end);
      return this.#blockWord(at, end, indent);
    }
    const written = unquoted(key[1] ?? '');
    const level = this.#levels.at(-1);
    if (level?.kind === 'block-map' && level.indent === indent) level.key = written;
    else this.#levels.push({ kind: 'block-map', indent, key: written });
    at += key[0].length;
    while (at < end && this.#text.charAt(at) === ' ') at++;
    const rest = this.#text.slice(at, end);
    if (/^[|>]/.test(rest)) {
      this.#blockText = indent;
      return undefined;
    }
    if (/^[{[]/.test(rest)) return this.#tokens(at, end);
    if (isComment(rest)) return undefined;
    return this.#value(at, false);
  }

  /** A word that is no key yet: a key being typed, or an item of a list of words. */
  #blockWord(at: number, end: number, indent: number): Cursor | undefined {
    if (isComment(this.#text.slice(at, end))) return undefined;
    const level = this.#levels.at(-1);
    if (level?.kind !== 'block-map' || level.indent !== indent) this.#levels.push({ kind: 'block-map', indent });
    return this.#word(at, 'key', false);
  }

  /** Reads brackets, keys and values up to `end`. */
  #tokens(start: number, end: number): Cursor | undefined {
    let at = start;
    let word = start;
    const text = this.#text;
    while (at < end) {
      const sign = text.charAt(at);
      if (sign === '"' || sign === "'") {
        const close = closingQuote(text, at, end);
        if (close === undefined) return this.#flowWord(at, true);
        at = close + 1;
        continue;
      }
      if (sign === '#' && /\s/.test(text.charAt(at - 1))) return undefined;
      if (sign === '{') this.#levels.push({ kind: 'flow-map' });
      else if (sign === '[') this.#levels.push({ kind: 'flow-list', index: 0 });
      else if (sign === '}' || sign === ']') this.#levels.pop();
      else if (sign === ',') this.#comma();
      else if (sign === ':' && this.#isColon(at)) {
        const level = this.#levels.at(-1);
        if (level?.kind === 'flow-map') level.key = unquoted(text.slice(word, at).trim());
      } else {
        at++;
        continue;
      }
      at++;
      word = at;
      if (!this.#inFlow()) return undefined;
    }
    while (word < end && /\s/.test(text.charAt(word))) word++;
    return this.#flowWord(word, false);
  }

  #isColon(at: number): boolean {
    return /[\s,{}[\]"]|^$/.test(this.#text.charAt(at + 1)) || /["']/.test(this.#text.charAt(at - 1));
  }

  #comma(): void {
    const level = this.#levels.at(-1);
    if (level?.kind === 'flow-list') level.index++;
    else if (level?.kind === 'flow-map') level.key = undefined;
  }

  #flowWord(at: number, quoted: boolean): Cursor | undefined {
    const level = this.#levels.at(-1);
    if (level?.kind === 'flow-map' && level.key === undefined) return this.#word(at, 'key', true, quoted);
    return this.#value(at, true, quoted);
  }

  #value(at: number, flow: boolean, quoted = /["']/.test(this.#text.charAt(at))): Cursor {
    return this.#word(at, 'value', flow, quoted);
  }

  #word(start: number, writes: Cursor['writes'], flow: boolean, quoted = false): Cursor {
    const text = this.#text;
    const stop = flow ? /[\s,}\]:]/ : /[\s:]/;
    let end = Math.max(start, this.#cursor);
    const quote = text.charAt(start);
    const inQuotes = quoted && (quote === '"' || quote === "'");
    if (inQuotes) {
      while (end < text.length && !/["'\r\n]/.test(text.charAt(end))) end++;
      if (text.charAt(end) === quote) end++;
    } else while (end < text.length && !stop.test(text.charAt(end))) end++;
    return { path: this.#path(writes), writes, start, end, quoted: inQuotes, flow };
  }

  #path(writes: Cursor['writes']): BlueprintPath {
    const path: (string | number)[] = [];
    const top = this.#levels.length - 1;
    for (const [index, level] of this.#levels.entries()) {
      if (level.kind === 'block-list' || level.kind === 'flow-list') path.push(level.index);
      else if (level.key !== undefined && (index < top || writes === 'value')) path.push(level.key);
    }
    return path;
  }
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  if (newline < 0) return text.length;
  return text.charAt(newline - 1) === '\r' && newline > from ? newline - 1 : newline;
}

function isComment(rest: string): boolean {
  return /^#|\s#/.test(rest) && !/^["'].*["']/.test(rest);
}

function closingQuote(text: string, open: number, end: number): number | undefined {
  const quote = text.charAt(open);
  for (let at = open + 1; at < end; at++) {
    if (quote === '"' && text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === quote) return at;
  }
  return undefined;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
