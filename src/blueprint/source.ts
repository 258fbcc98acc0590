import type { BlueprintPath, TextRange } from './problem.ts';

/**
 * A Blueprint's text as a tree with positions. Positions count from the nearest origin: the start of the text, or the
 * `offset` of the list item around them. A list item that moves in the text therefore stays the same object, which is
 * what lets a reader keep everything it knows about the item.
 */
export type SourceNode = SourceScalar | SourceMap | SourceList;

export interface SourceScalar {
  kind: 'scalar';
  value: string | number | boolean | null;
  start: number;
  end: number;
}

export interface SourceMap {
  kind: 'map';
  /** Each key once, in the order of the text. Never `__proto__`, `constructor` or `prototype`. */
  entries: SourceEntry[];
  start: number;
  end: number;
}

export interface SourceEntry {
  key: string;
  keyStart: number;
  keyEnd: number;
  value: SourceNode;
}

export interface SourceList {
  kind: 'list';
  items: SourceItem[];
  start: number;
  end: number;
}

export interface SourceItem {
  /** Where the item begins, counted from the origin of the list. Positions inside count from here. */
  offset: number;
  node: SourceNode;
}

/** A node found by its path, with what is needed to make its positions absolute. */
export interface Located {
  node: SourceNode;
  /** Add to the node's positions. */
  origin: number;
  /** Range of the key that leads to the node, absolute; absent for list items and the root. */
  key?: TextRange;
}

/** The entry of a map, or undefined for other nodes and unknown keys. */
export function entryOf(node: SourceNode | undefined, key: string): SourceEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The value under a key, or undefined. */
export function childOf(node: SourceNode | undefined, key: string): SourceNode | undefined {
  return entryOf(node, key)?.value;
}

/** The items of a list, or none. */
export function itemsOf(node: SourceNode | undefined): readonly SourceItem[] {
  return node?.kind === 'list' ? node.items : [];
}

/** The text of a scalar that is a string, or undefined. */
export function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** The node at a path, and whether the whole path was found; else the last node on the way. */
export function locate(root: SourceNode, path: BlueprintPath): { located: Located; complete: boolean } {
  let located: Located = { node: root, origin: 0 };
  for (const step of path) {
    const next = stepInto(located, step);
    if (next === undefined) return { located, complete: false };
    located = next;
  }
  return { located, complete: true };
}

function stepInto({ node, origin }: Located, step: string | number): Located | undefined {
  if (node.kind === 'map') {
    const entry = entryOf(node, String(step));
    if (entry === undefined) return undefined;
    return { node: entry.value, origin, key: { start: origin + entry.keyStart, end: origin + entry.keyEnd } };
  }
  if (node.kind === 'list') {
    const item = typeof step === 'number' ? node.items[step] : node.items.find(({ node }) => labelOf(node) === step);
    return item === undefined ? undefined : { node: item.node, origin: origin + item.offset };
  }
  return undefined;
}

/** What a list item is called: its `name`, or the `entity` of an API resource. */
export function labelOf(node: SourceNode): string | undefined {
  return textOf(childOf(node, 'name')) ?? textOf(childOf(node, 'entity'));
}

/** The range of a node's key or value. What has no key, or no text of its own, is shown by what stands for it. */
export function rangeOfLocated(located: Located, part: 'key' | 'value'): TextRange {
  if (part === 'key') return located.key ?? labelRange(located);
  const { node, origin } = located;
  if (node.start === node.end && located.key !== undefined) return located.key;
  return { start: origin + node.start, end: origin + node.end };
}

/** A short range that stands for a whole node: its key, its name, or its first key. */
export function labelRange(located: Located): TextRange {
  if (located.key !== undefined) return located.key;
  const { node, origin } = located;
  if (node.kind === 'map') {
    const entry = entryOf(node, 'name') ?? entryOf(node, 'entity') ?? node.entries[0];
    if (entry?.value.kind === 'scalar' && entry.value.end > entry.value.start) {
      return { start: origin + entry.value.start, end: origin + entry.value.end };
    }
    if (entry !== undefined) return { start: origin + entry.keyStart, end: origin + entry.keyEnd };
  }
  return { start: origin + node.start, end: origin + node.end };
}

/** The node as plain JSON values, without the keys in `except`. */
export function plainValue(node: SourceNode, except: readonly string[] = []): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map((item) => plainValue(item.node));
    case 'map': {
      const value: Record<string, unknown> = {};
      for (const entry of node.entries) if (!except.includes(entry.key)) value[entry.key] = plainValue(entry.value);
      return value;
    }
  }
}

/** The path of the innermost node at an offset; a key counts as its value. */
export function pathAt(root: SourceNode, offset: number): (string | number)[] {
  const path: (string | number)[] = [];
  let node: SourceNode | undefined = root;
  let origin = 0;
  while (node !== undefined) {
    const at: number = offset - origin;
    if (node.kind === 'map') {
      const entry: SourceEntry | undefined = node.entries.findLast(
        ({ keyStart, keyEnd, value }) => keyStart <= at && at <= Math.max(keyEnd, value.end),
      );
      if (entry !== undefined) path.push(entry.key);
      node = entry?.value;
      if (entry !== undefined && at <= entry.keyEnd) return path;
    } else if (node.kind === 'list') {
      const index: number = node.items.findLastIndex(
        (item) => item.offset + item.node.start <= at && at <= item.offset + item.node.end,
      );
      const item: SourceItem | undefined = node.items[index];
      if (item !== undefined) path.push(index);
      origin += item?.offset ?? 0;
      node = item?.node;
    } else node = undefined;
  }
  return path;
}
