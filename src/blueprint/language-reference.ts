import { isMap, isPair, isScalar, isSeq, parseDocument, stringify, visit } from 'yaml';
import * as z from 'zod';
import { type LanguageNode, language } from './language.ts';

/** A key of the language: where it stands, with `[]` for any item of a list and `*` for a key of the user's own. */
interface Key {
  path: string[];
  node: LanguageNode;
  required: boolean;
}

/**
 * The reference of the Blueprint language as Markdown: every key with what it is, what it may be, its default and an
 * example. Made from the schema, so it cannot differ from what is checked.
 *
 * @param everyKey YAML of a Blueprint that uses every key; the examples are taken from it. Throws when one is missing.
 */
export function blueprintReference(everyKey: string): string {
  const examples = examplesOf(everyKey);
  const sections = Object.entries(language().properties ?? {}).map(([name, node]) =>
    section({ path: [name], node, required: language().required?.includes(name) === true }, examples),
  );
  return [
    '# The Blueprint, key by key',
    '',
    'Every key of `backdrift.yaml` (`.yml` and `.json` are the same language). The examples are parts of',
    '[one Blueprint that uses every key](every-key.yaml). What is wrong with a Blueprint is explained in',
    '[problems.md](problems.md), what a deployed backend does with it in [backend.md](backend.md).',
    '',
    '<!-- Made by `npm run docs` from src/blueprint/schema.ts: edits belong there. -->',
    '',
    ...sections,
  ].join('\n');
}

/** A chapter for a key at the top: itself, then a table of the keys of every object inside it. */
function section(key: Key, examples: ReadonlyMap<string, unknown>): string {
  const objects = objectsIn(key);
  const lines = [`## ${key.path[0]}`, '', `${sentence(key)}`, ''];
  if (objects.length === 0 || objects.every(({ keys }) => keys.length === 0)) {
    const example = stringify({ [key.path[0] ?? '']: exampleOf(key, examples) }, { lineWidth: 0 });
    return [...lines, '```yaml', example.trimEnd(), '```', ''].join('\n');
  }
  for (const { at, keys } of objects) {
    if (keys.length === 0) continue;
    if (at.length > 1) lines.push(`### ${title(at)}`, '');
    lines.push('| Key | Value | What it is | Example |', '| --- | --- | --- | --- |');
    for (const member of keys) {
      const example = flow(member.path.at(-1) ?? '', exampleOf(member, examples));
      lines.push(
        `| \`${member.path.at(-1)}\`${member.required ? ' (required)' : ''} | ${cell(possibleValues(member.node))} | ${cell(member.node.description ?? '')} | ${code(example)} |`,
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** Every object inside a key, outermost first, with its keys. */
function objectsIn({ path, node }: Pick<Key, 'path' | 'node'>): { at: string[]; keys: Key[] }[] {
  return alternatives(node).flatMap((alternative) => {
    if (alternative.items !== undefined) return objectsIn({ path: [...path, '[]'], node: alternative.items });
    if (typeof alternative.additionalProperties === 'object' && alternative.properties === undefined)
      return objectsIn({ path: [...path, '*'], node: alternative.additionalProperties });
    const keys = Object.entries(alternative.properties ?? {}).map(
      ([name, member]): Key => ({
        path: [...path, name],
        node: member,
        required: alternative.required?.includes(name) === true && member.default === undefined,
      }),
    );
    return [{ at: path, keys }, ...keys.flatMap((member) => objectsIn(member).filter(({ keys }) => keys.length > 0))];
  });
}

function alternatives(node: LanguageNode): LanguageNode[] {
  return node.anyOf === undefined ? [node] : node.anyOf.flatMap(alternatives);
}

/** `entities[].fields[]` */
function title(path: readonly string[]): string {
  return `\`${path.join('.').replaceAll('.[]', '[]').replaceAll('.*', '.<name>')}\``;
}

function sentence({ node, required }: Key): string {
  const inside = objectsIn({ path: [], node }).some(({ keys }) => keys.length > 0);
  const value = inside ? [] : [`Value: ${possibleValues(node)}.`];
  return [node.description ?? '', ...(required ? ['Required.'] : []), ...value].filter((text) => text !== '').join(' ');
}

/** What may be written, and what holds where nothing is. */
function possibleValues(node: LanguageNode): string {
  const kinds = [...new Set(alternatives(node).map(kindOf))].filter((kind) => kind !== '').join(' or ');
  const { default: otherwise } = node;
  const plain = ['string', 'number', 'boolean'].includes(typeof otherwise);
  return plain ? `${kinds}; default \`${String(otherwise)}\`` : kinds;
}

function kindOf(node: LanguageNode): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  switch (node.type) {
    case 'array':
      return `list of ${kindOf(alternatives(node.items ?? {})[0] ?? {}).replace(/^text$/, 'texts') || 'values'}`;
    case 'object':
      return node.properties === undefined ? 'map' : 'keys below';
    case 'string':
      return 'text';
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
    case 'number':
      return range(node);
    default:
      return node.type === undefined ? 'any value' : node.type;
  }
}

function range({ type, minimum, maximum }: LanguageNode): string {
  const name = type === 'integer' ? 'whole number' : 'number';
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low !== undefined && high !== undefined) return `${name}, ${low} to ${high}`;
  if (low !== undefined) return `${name}, ${low} or more`;
  return high === undefined ? name : `${name}, at most ${high}`;
}

/** The first value of each key in a Blueprint, by the key's path. */
function examplesOf(everyKey: string): ReadonlyMap<string, unknown> {
  const examples = new Map<string, unknown>();
  const document = parseDocument(everyKey);
  visit(document, {
    Pair(_, pair, ancestors) {
      const path: string[] = [];
      for (const ancestor of ancestors) {
        if (isPair(ancestor) && isScalar(ancestor.key)) path.push(String(ancestor.key.value));
        else if (isSeq(ancestor)) path.push('[]');
      }
      if (!isScalar(pair.key)) return;
      path.push(String(pair.key.value));
      const value: unknown =
        isMap(pair.value) || isSeq(pair.value) ? pair.value.toJSON() : isScalar(pair.value) ? pair.value.value : null;
      for (const known of [path.join('.'), withOwnNames(path)]) if (!examples.has(known)) examples.set(known, value);
    },
  });
  return examples;
}

/** `environments.prod.region` is an example of `environments.*.region`. */
function withOwnNames(path: readonly string[]): string {
  let node: LanguageNode | undefined = language();
  const known: string[] = [];
  for (const step of path) {
    const choices: LanguageNode[] = node === undefined ? [] : alternatives(node);
    const named = choices.find(({ properties }) => Object.hasOwn(properties ?? {}, step))?.properties?.[step];
    const listed = step === '[]' ? choices.find(({ items }) => items !== undefined)?.items : undefined;
    const own = choices.find(
      ({ additionalProperties }) => typeof additionalProperties === 'object',
    )?.additionalProperties;
    known.push(named === undefined && listed === undefined && typeof own === 'object' ? '*' : step);
    node = named ?? listed ?? (typeof own === 'object' ? own : undefined);
  }
  return known.join('.');
}

function exampleOf({ path }: Key, examples: ReadonlyMap<string, unknown>): unknown {
  const example = examples.get(path.join('.'));
  if (example === undefined) throw new Error(`The Blueprint of every key does not use ${path.join('.')}.`);
  return example;
}

/** On one line; what is inside an object or a list of objects has rows of its own. */
function flow(name: string, example: unknown): string {
  const short =
    Array.isArray(example) && example.some((item) => z.object({}).safeParse(item).success)
      ? example.slice(0, 1)
      : example;
  const text = stringify(
    { [name]: short },
    { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true },
  ).trim();
  const inner = text.slice(1, -1).trim();
  return inner.length > 90 ? `${name}: …` : inner;
}

function code(text: string): string {
  return text.endsWith('…') ? 'see below' : `\`${text.replaceAll('|', '\\|')}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
