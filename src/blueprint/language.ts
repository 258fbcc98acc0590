import * as z from 'zod';
import { blueprintJsonSchema } from './json-schema.ts';
import type { BlueprintPath } from './problem.ts';

/**
 * The language as completion, hover and did-you-mean see it: what may stand at a path. Read from the JSON Schema, so
 * that there is one description of every key.
 */
export interface LanguageNode {
  description?: string | undefined;
  type?: string | undefined;
  /** Keys of a map, in the order of the language. */
  properties?: Record<string, LanguageNode> | undefined;
  required?: string[] | undefined;
  /** What stands under any key of a map whose keys are the user's own. */
  additionalProperties?: LanguageNode | boolean | undefined;
  propertyNames?: LanguageNode | undefined;
  items?: LanguageNode | undefined;
  enum?: string[] | undefined;
  const?: unknown;
  default?: unknown;
  minimum?: number | undefined;
  maximum?: number | undefined;
  anyOf?: LanguageNode[] | undefined;
}

const languageSchema: z.ZodType<LanguageNode> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    type: z.string().optional(),
    properties: z.record(z.string(), languageSchema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), languageSchema]).optional(),
    propertyNames: languageSchema.optional(),
    items: languageSchema.optional(),
    enum: z.array(z.string()).optional(),
    const: z.unknown().optional(),
    default: z.unknown().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    anyOf: z.array(languageSchema).optional(),
  }),
);

let root: LanguageNode | undefined;

/** The whole language. Built on first use, a few milliseconds. */
export function language(): LanguageNode {
  root ??= languageSchema.parse(blueprintJsonSchema());
  return root;
}

/** What may stand at a path: one alternative, or several where the language has a choice; none when it knows no such path. */
export function languageAt(path: BlueprintPath): LanguageNode[] {
  let nodes = [language()];
  for (const step of path) nodes = nodes.flatMap((node) => inside(node, step));
  return nodes.flatMap(alternatives);
}

function inside(node: LanguageNode, step: string | number): LanguageNode[] {
  return alternatives(node).flatMap((alternative) => {
    if (typeof step === 'number') return alternative.items === undefined ? [] : [alternative.items];
    const property = Object.hasOwn(alternative.properties ?? {}, step) ? alternative.properties?.[step] : undefined;
    if (property !== undefined) return [property];
    return typeof alternative.additionalProperties === 'object' ? [alternative.additionalProperties] : [];
  });
}

function alternatives(node: LanguageNode): LanguageNode[] {
  return node.anyOf === undefined ? [node] : node.anyOf.flatMap(alternatives);
}

/** The keys that the language has at a path. */
export function keysAt(path: BlueprintPath): string[] {
  return languageAt(path).flatMap((node) => [
    ...Object.keys(node.properties ?? {}),
    ...(node.propertyNames?.enum ?? []),
  ]);
}

/** What the thing at a path is called in a sentence: `a field`, `an entity`, `` `auth` ``. */
export function nounAt(path: BlueprintPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'the Blueprint';
  if (typeof last === 'string') return `\`${last}\``;
  const list = path.at(-2);
  if (typeof list !== 'string') return 'an item';
  return itemNouns.get(list) ?? `an item of \`${list}\``;
}

const itemNouns: ReadonlyMap<string, string> = new Map([
  ['entities', 'an entity'],
  ['fields', 'a field'],
  ['indexes', 'an index'],
  ['resources', 'an API resource'],
  ['endpoints', 'an endpoint'],
  ['functions', 'a function'],
  ['jobs', 'a job'],
  ['queues', 'a queue'],
  ['storage', 'a storage'],
  ['workflows', 'a workflow'],
  ['suppress', 'a suppression'],
]);
