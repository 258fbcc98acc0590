import type * as z from 'zod';
import type { Finding } from './finding.ts';
import { toFindings } from './issues.ts';
import type { BlueprintPath } from './problem.ts';
import { plainValue, type SourceNode } from './source.ts';

/** A part of a Blueprint, checked against its schema. */
export interface Shaped<T> {
  /** What is sound of it: keys with problems are left out where the schema allows it. Absent when nothing is left. */
  value?: T;
  /** The whole part is as the schema wants it. */
  sound: boolean;
  /** With paths that count from the part. */
  findings: Finding[];
}

/**
 * Checks one node against a schema.
 *
 * @param home where the node stands in a Blueprint.
 * @param except keys that are checked elsewhere.
 */
export function shapeOf<S extends z.ZodType>(
  schema: S,
  node: SourceNode,
  home: BlueprintPath,
  except: readonly string[] = [],
): Shaped<z.output<S>> {
  const plain = plainValue(node, except);
  const parsed = schema.safeParse(plain);
  if (parsed.success) return { value: parsed.data, sound: true, findings: [] };
  const findings = toFindings(parsed.error.issues, node, home);
  const rest = schema.safeParse(without(plain, parsed.error.issues));
  return rest.success ? { value: rest.data, sound: false, findings } : { sound: false, findings };
}

/** The value without the keys that an issue is about. */
function without(plain: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return plain;
  const wrong = new Set<PropertyKey>();
  for (const issue of issues) {
    if (issue.path[0] !== undefined) wrong.add(issue.path[0]);
    else if (issue.code === 'unrecognized_keys') for (const key of issue.keys) wrong.add(key);
  }
  return Object.fromEntries(Object.entries(plain).filter(([key]) => !wrong.has(key)));
}

/** `shapeOf` for the items of a list, remembered for as long as an item's node lives. */
export function itemShape<S extends z.ZodType>(
  schema: S,
  list: BlueprintPath,
): (node: SourceNode) => Shaped<z.output<S>> {
  const known = new WeakMap<SourceNode, Shaped<z.output<S>>>();
  const home = [...list, 0];
  return (node) => {
    let shaped = known.get(node);
    if (shaped === undefined) {
      shaped = shapeOf(schema, node, home);
      known.set(node, shaped);
    }
    return shaped;
  };
}
