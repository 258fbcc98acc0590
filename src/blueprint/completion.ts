import { type Cursor, cursorAt } from './cursor.ts';
import { type LanguageNode, languageAt } from './language.ts';
import { type ParsedBlueprint, parseBlueprint } from './parse.ts';
import type { BlueprintPath, TextRange } from './problem.ts';

/** Something to write at the cursor. Plain data: an editor turns it into its own item. */
export interface Completion {
  label: string;
  /** Replaces `range`. Plain text, with line breaks and indentation where it needs them. */
  insertText: string;
  /** A key of the language, a value of the language, or a name that the Blueprint declares. */
  kind: 'key' | 'value' | 'name';
  /** A few words beside the label: `required`, `entity`. */
  detail?: string;
  documentation?: string;
  range: TextRange;
}

/**
 * What may be written at an offset, in the order of the language. Works on half-typed and broken text.
 *
 * @param parsed what is known of the text, or of what it was a moment ago; read from the text when absent.
 */
export function completeAt(text: string, offset: number, parsed?: ParsedBlueprint): Completion[] {
  const cursor = cursorAt(text, offset);
  if (cursor === undefined) return [];
  const nodes = languageAt(cursor.path);
  const known = parsed ?? parseBlueprint(text);
  if (cursor.writes === 'key' && nodes.some((node) => node.properties !== undefined || node.propertyNames?.enum)) {
    return keys(text, cursor, nodes, known);
  }
  if (cursor.writes === 'key' && nodes.some((node) => node.items !== undefined)) return firstItem(text, cursor, nodes);
  return values(text, cursor, nodes, known);
}

function keys(text: string, cursor: Cursor, nodes: readonly LanguageNode[], known: ParsedBlueprint): Completion[] {
  const map = known.valueAt(cursor.path);
  const written = new Set(typeof map === 'object' && map !== null ? Object.keys(map) : []);
  const typed = text.slice(cursor.start, cursor.end).replace(/^["']|["']$/g, '');
  const range = { start: cursor.start, end: cursor.end };
  // Where a colon and a value follow already, only the key is replaced.
  const follows = /^[ ]*:/.test(text.slice(cursor.end, cursor.end + 20));
  return nodes.flatMap((node) => {
    const properties = Object.entries(node.properties ?? {});
    const others = (node.propertyNames?.enum ?? []).map((name): [string, LanguageNode] => [name, {}]);
    return [...properties, ...others]
      .filter(([key]) => key === typed || !written.has(key))
      .map(([key, value]) => ({
        label: key,
        insertText: follows ? quote(key, text, cursor) : keyText(key, value, text, cursor),
        kind: 'key' as const,
        ...(node.required?.includes(key) && { detail: 'required' }),
        ...(value.description !== undefined && { documentation: value.description }),
        range,
      }));
  });
}

/** A key and what begins its value: a new line for maps and a dash for lists, except in brackets. */
function keyText(key: string, value: LanguageNode, text: string, cursor: Cursor): string {
  const name = quote(key, text, cursor);
  if (cursor.flow) return `${name}: `;
  const indent = ' '.repeat(columnOf(text, cursor.start) + 2);
  if (value.type === 'array') return `${name}:\n${indent}- `;
  if (value.type === 'object') return `${name}:\n${indent}`;
  return `${name}: `;
}

function quote(name: string, text: string, cursor: Cursor): string {
  return cursor.quoted || isJson(text) ? JSON.stringify(name) : name;
}

function isJson(text: string): boolean {
  return /^\uFEFF?\s*\{/.test(text);
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Under a key that wants a list, where no dash is written yet. */
function firstItem(text: string, cursor: Cursor, nodes: readonly LanguageNode[]): Completion[] {
  if (cursor.flow || text.slice(cursor.start, cursor.end) !== '') return [];
  const [item] = nodes.flatMap((node) => node.items ?? []);
  const first = item?.required?.[0];
  return [
    {
      label: first === undefined ? '-' : `- ${first}`,
      insertText: first === undefined ? '- ' : `- ${first}: `,
      kind: 'key',
      ...(item?.description !== undefined && { documentation: item.description }),
      range: { start: cursor.start, end: cursor.end },
    },
  ];
}

function values(text: string, cursor: Cursor, nodes: readonly LanguageNode[], known: ParsedBlueprint): Completion[] {
  const range = { start: cursor.start, end: cursor.end };
  const fixed = nodes.flatMap((node) => {
    const list = node.type === 'array' && node.items?.enum !== undefined ? node.items.enum : [];
    const constant = typeof node.const === 'string' ? [node.const] : [];
    const truth = node.type === 'boolean' ? ['true', 'false'] : [];
    return [...(node.enum ?? []), ...constant, ...truth, ...list].map((value) => ({
      label: value,
      insertText: node.type === 'boolean' ? value : list.length > 0 ? `[${value}]` : valueText(value, text, cursor),
      kind: 'value' as const,
      ...(node.default === value && { detail: 'default' }),
      ...(node.description !== undefined && { documentation: node.description }),
      range,
    }));
  });
  const named = namesFor(cursor.path, known).map(({ name, what }) => ({
    label: name,
    insertText: valueText(name, text, cursor),
    kind: 'name' as const,
    detail: what,
    range,
  }));
  const seen = new Set<string>();
  return [...fixed, ...named].filter(({ label }) => !seen.has(label) && seen.add(label));
}

function valueText(value: string, text: string, cursor: Cursor): string {
  if (cursor.quoted || isJson(text)) return JSON.stringify(value);
  return /^[A-Za-z][A-Za-z0-9_/.-]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : JSON.stringify(value);
}

type Named = { name: string; what: string };

/** The names of the Blueprint that may stand at a path. */
function namesFor(path: BlueprintPath, { outline, valueAt }: ParsedBlueprint): Named[] {
  const pattern = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  const all = (names: Iterable<string>, what: string): Named[] => [...names].map((name) => ({ name, what }));
  const entities = () => all(outline.entities.keys(), 'entity');
  const fields = () => {
    const entity = valueAt([...path.slice(0, 2), 'name']);
    return all((typeof entity === 'string' ? outline.entities.get(entity) : undefined) ?? [], 'field');
  };
  const levels = () => [...all(['public', 'authenticated', 'owner'], 'access'), ...all(outline.roles, 'role')];
  switch (pattern) {
    case 'api.resources.*.entity':
    case 'entities.*.fields.*.references':
    case 'tenancy.tenant_entity':
      return entities();
    case 'api.endpoints.*.function':
    case 'jobs.*.function':
    case 'queues.*.function':
      return all(outline.functions, 'function');
    case 'entities.*.indexes.*.partition':
    case 'entities.*.indexes.*.sort':
    case 'entities.*.owner_field':
    case 'entities.*.ttl':
      return fields();
    case 'api.endpoints.*.auth':
    case 'api.resources.*.auth':
    case 'api.resources.*.auth.list':
    case 'api.resources.*.auth.create':
    case 'api.resources.*.auth.get':
    case 'api.resources.*.auth.update':
    case 'api.resources.*.auth.delete':
    case 'storage.*.access':
      return levels();
    case 'functions.*.uses.*':
    case 'workflows.*.uses.*':
      return [
        ...entities(),
        ...entities().map(({ name }) => ({ name: `${name}:read`, what: 'entity, read only' })),
        ...all(outline.storage, 'storage'),
        ...all(outline.queues, 'queue'),
        ...all(outline.workflows, 'workflow'),
      ];
    default:
      return [];
  }
}
