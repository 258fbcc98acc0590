import { isAlias, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { deepest, type SyntaxProblem } from './compose.ts';
import type { SourceEntry, SourceItem, SourceNode, SourceScalar } from './source.ts';

/** How many nodes may come out of aliases: enough for any honest use, far too few for an alias bomb. */
const mostAliasedNodes = 10_000;

export interface TreeOptions {
  /** From a position in the composed text to one in the Blueprint's text. */
  place(position: number): number;
  /** The list that was cut out of the composed text below a path, if one was. */
  cut?(path: readonly string[]): SourceItem[] | undefined;
  /** The text that was composed. */
  text: string;
}

export interface Tree {
  root: SourceNode;
  problems: SyntaxProblem[];
  /** Anchors, aliases or tags: a part of a text that holds any cannot be read without the rest of it. */
  entangled: boolean;
}

/** Makes a source tree of what the yaml package composed, and reports what the Blueprint language has no place for. */
export function toTree(contents: ParsedNode | null, options: TreeOptions): Tree {
  const builder = new TreeBuilder(options);
  const root = contents === null ? nothingAt(0) : builder.build(contents, 0, [], 0);
  return { root, problems: builder.problems, entangled: builder.entangled };
}

/** The same for the only item of a list, when an item is read on its own. */
export function toItem(contents: ParsedNode | null, text: string): Tree | undefined {
  if (!isSeq(contents) || contents.items.length !== 1) return undefined;
  const builder = new TreeBuilder({ text, place: (position) => position });
  const [item] = contents.items;
  if (contents.anchor !== undefined || contents.tag !== undefined || item === undefined) return undefined;
  const root = builder.build(item as ParsedNode, 0, ['*', '0'], 0);
  return { root, problems: builder.problems, entangled: builder.entangled };
}

function nothingAt(position: number): SourceScalar {
  return { kind: 'scalar', value: null, start: position, end: position };
}

class TreeBuilder {
  readonly problems: SyntaxProblem[] = [];
  entangled = false;
  readonly #options: TreeOptions;
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #active = new Set<ParsedNode>();
  #aliased = 0;
  #insideAlias = false;

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  build(node: ParsedNode, origin: number, path: readonly string[], depth: number): SourceNode {
    const start = this.#options.place(node.range[0]);
    const end = this.#options.place(node.range[1]);
    if (this.#insideAlias && ++this.#aliased > mostAliasedNodes) {
      if (this.#aliased === mostAliasedNodes + 1) {
        this.#report('too-many-aliases', 'Aliases repeat too much text.', 'Write the values out.', start, end);
      }
      return nothingAt(start - origin);
    }
    if (depth > deepest) {
      this.#report('too-deep', `The text nests deeper than ${deepest} levels.`, 'Remove levels.', start, end);
      return nothingAt(start - origin);
    }
    if (isAlias(node)) return this.#alias(node.source, origin, path, depth, start, end);
    if (node.anchor !== undefined) {
      this.entangled = true;
      this.#anchors.set(node.anchor, node);
    }
    if (node.tag !== undefined) {
      this.entangled = true;
      this.#report('unsupported-tag', 'A Blueprint has no tags.', `Remove \`${node.tag.slice(0, 60)}\`.`, start, end);
    }
    this.#active.add(node);
    const built = isScalar(node)
      ? this.#scalar(node, start - origin, end - origin, origin)
      : isSeq(node)
        ? this.#list(node, origin, path, depth)
        : this.#map(node, origin, path, depth);
    this.#active.delete(node);
    return built;
  }

  #scalar(node: Scalar.Parsed, start: number, end: number, origin: number): SourceScalar {
    const { value } = node;
    if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') {
      const quote = node.type === 'QUOTE_DOUBLE' ? '"' : "'";
      const [from, to] = node.range;
      if (to - from < 2 || this.#options.text.charAt(to - 1) !== quote) {
        const lineEnd = this.#options.text.slice(from, to).search(/\r?\n/);
        const last = lineEnd < 0 ? end : start + lineEnd;
        this.#report(
          'syntax-error',
          `The text is not closed: a ${quote} is missing.`,
          `Write ${quote} at its end.`,
          start + origin,
          last + origin,
        );
      }
    }
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', value: known ? value : null, start, end };
  }

  #list(node: YAMLSeq.Parsed, origin: number, path: readonly string[], depth: number): SourceNode {
    const items: SourceItem[] = node.items.map((item, index) => {
      const place = this.#options.place(item.range[0]);
      return {
        offset: place - origin,
        node: this.build(item, place, this.#below(path, String(index), depth), depth + 1),
      };
    });
    return { kind: 'list', items, ...this.#extent(node, origin, spanOfItems(items)) };
  }

  #map(node: YAMLMap.Parsed, origin: number, path: readonly string[], depth: number): SourceNode {
    const entries: SourceEntry[] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      const entry = this.#entry(pair as Pair<ParsedNode, ParsedNode | null>, origin, path, depth, seen);
      if (entry !== undefined) entries.push(entry);
    }
    const first = entries[0];
    const last = entries.at(-1);
    const span = first && last ? { start: first.keyStart, end: Math.max(last.keyEnd, last.value.end) } : undefined;
    return { kind: 'map', entries, ...this.#extent(node, origin, span) };
  }

  #entry(
    pair: Pair<ParsedNode, ParsedNode | null>,
    origin: number,
    path: readonly string[],
    depth: number,
    seen: Set<string>,
  ): SourceEntry | undefined {
    const start = this.#options.place(pair.key.range[0]);
    const end = this.#options.place(pair.key.range[1]);
    if (!isScalar(pair.key)) {
      this.#report('key-not-text', 'A key is a word, not a list, a map or an alias.', 'Write a plain key.', start, end);
      return undefined;
    }
    const { anchor, tag, value, source } = pair.key;
    if (anchor !== undefined || tag !== undefined) {
      this.entangled = true;
      this.#report('key-not-text', 'A key has no anchor and no tag.', 'Write a plain key.', start, end);
      return undefined;
    }
    const key = typeof value === 'string' ? value : (source ?? '');
    if (key === '' && pair.key.type === 'PLAIN') {
      this.#report('syntax-error', 'The key before the colon is missing.', 'Write `key: value`.', start, end);
      return undefined;
    }
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      this.#report('forbidden-key', `\`${key}\` cannot be a key.`, 'Choose another name.', start, end);
      return undefined;
    }
    const below = this.#below(path, key, depth);
    const keyStart = start - origin;
    const keyEnd = end - origin;
    if (seen.has(key)) {
      this.#report(
        'duplicate-key',
        `\`${key}\` is written twice.`,
        'Keep one of the two; the first one counts.',
        start,
        end,
      );
      // Built all the same: its problems are real, and its anchors may be used further down.
      if (pair.value !== null) this.build(pair.value, origin, below, depth + 1);
      return undefined;
    }
    seen.add(key);
    const cut = depth <= 2 ? this.#options.cut?.(below) : undefined;
    if (cut !== undefined) {
      const span = spanOfItems(cut) ?? { start: keyEnd, end: keyEnd };
      return { key, keyStart, keyEnd, value: { kind: 'list', items: cut, ...span } };
    }
    const empty =
      pair.value === null || (isScalar(pair.value) && pair.value.source === '' && pair.value.type === 'PLAIN');
    const plain = pair.value === null || (pair.value.anchor === undefined && pair.value.tag === undefined);
    if (pair.value === null || (empty && plain)) return { key, keyStart, keyEnd, value: nothingAt(keyEnd) };
    return { key, keyStart, keyEnd, value: this.build(pair.value, origin, below, depth + 1) };
  }

  #alias(name: string, origin: number, path: readonly string[], depth: number, start: number, end: number): SourceNode {
    this.entangled = true;
    const target = this.#anchors.get(name);
    if (target === undefined || this.#active.has(target)) {
      const message = target === undefined ? `No anchor is called \`${name}\`.` : `\`*${name}\` contains itself.`;
      this.#report('unknown-anchor', message, `Write \`&${name}\` before the value that it repeats.`, start, end);
      return { kind: 'scalar', value: null, start: start - origin, end: end - origin };
    }
    const outermost = !this.#insideAlias;
    this.#insideAlias = true;
    const built = this.build(target, origin, path, depth + 1);
    if (outermost) this.#insideAlias = false;
    return built;
  }

  /** Paths are kept only as deep as lists are cut out. */
  #below(path: readonly string[], step: string, depth: number): readonly string[] {
    return this.#options.cut === undefined || depth > 2 ? path : [...path, step];
  }

  /** A block ends with its last child; brackets end with the bracket. */
  #extent(node: YAMLMap.Parsed | YAMLSeq.Parsed, origin: number, span: { start: number; end: number } | undefined) {
    if (!node.flow && span !== undefined) return span;
    return { start: this.#options.place(node.range[0]) - origin, end: this.#options.place(node.range[1]) - origin };
  }

  #report(code: SyntaxProblem['code'], message: string, hint: string, start: number, end: number): void {
    this.problems.push({ code, severity: 'error', message, hint, range: { start, end } });
  }
}

function spanOfItems(items: readonly SourceItem[]): { start: number; end: number } | undefined {
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return { start: first.offset + first.node.start, end: last.offset + last.node.end };
}
