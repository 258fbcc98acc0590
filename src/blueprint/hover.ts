import { cursorAt } from './cursor.ts';
import { keysAt, type LanguageNode, languageAt, nounAt } from './language.ts';
import { type ParsedBlueprint, parseBlueprint } from './parse.ts';
import type { BlueprintPath, TextRange } from './problem.ts';

/** What is known about the text under the pointer. */
export interface Hover {
  /** Lines of plain text: what it is, what it may be, what it is otherwise. */
  lines: string[];
  range: TextRange;
}

/**
 * Explains the key at an offset, or the key whose value stands there. Undefined where there is nothing to explain.
 *
 * @param parsed what is known of the text; read from it when absent.
 */
export function hoverAt(text: string, offset: number, parsed?: ParsedBlueprint): Hover | undefined {
  if (cursorAt(text, offset) === undefined) return undefined;
  const known = parsed ?? parseBlueprint(text);
  const path = known.pathAt(offset);
  if (path.length === 0) return undefined;
  const keyRange = known.rangeOf(path, 'key');
  const onKey = keyRange.start <= offset && offset <= keyRange.end;
  const range = onKey ? keyRange : known.rangeOf(path, 'value');
  if (offset < range.start || offset > range.end) return undefined;
  const lines = explain(path);
  return lines.length === 0 ? undefined : { lines, range };
}

function explain(path: BlueprintPath): string[] {
  const [node] = languageAt(path);
  const description = node?.description ?? inherited(path);
  if (description === undefined) return [];
  const title = typeof path.at(-1) === 'string' ? `${String(path.at(-1))}` : nounAt(path);
  return [title, description, ...(node === undefined ? [] : facts(node, path))];
}

/** An item of a list of words is explained by its list; a key of the user's own by what stands under it. */
function inherited(path: BlueprintPath): string | undefined {
  if (path.length < 2) return undefined;
  const above = path.slice(0, -1);
  return keysAt(above).length > 0 ? undefined : languageAt(above)[0]?.description;
}

function facts(node: LanguageNode, path: BlueprintPath): string[] {
  const above = languageAt(path.slice(0, -1))[0];
  const required = above?.required?.includes(String(path.at(-1))) === true;
  return [
    ...(node.enum ? [`One of: ${node.enum.join(', ')}.`] : []),
    ...(node.minimum !== undefined && node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER
      ? [`From ${node.minimum} to ${node.maximum}.`]
      : []),
    ...(isPlain(node.default) ? [`Default: ${String(node.default)}.`] : []),
    ...(required ? ['Required.'] : []),
  ];
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
