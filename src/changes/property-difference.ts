import type { TemplateValue } from '../stacks/template.ts';

/**
 * From a property down to a value: keys, and members of lists in brackets, by name where they have one:
 * `GlobalSecondaryIndexes`, `[by_project]`, `KeySchema`.
 */
export type PropertyPath = readonly string[];

/** A place where two values differ, as deep as it can be told. */
export interface ValueDifference {
  path: PropertyPath;
  before?: TemplateValue;
  after?: TemplateValue;
}

type ValueMap = { [key: string]: TemplateValue };

/**
 * Whether two values are the same to CloudFormation: the order of keys does not count, the order in lists does.
 *
 * Written out rather than taken from a library: nearly everything that is compared is equal, a thousand tables a
 * keystroke, and a plain walk that stops at the first difference costs a tenth of what building a list of
 * differences does; json-diff-ts would in addition have to be told the key of every list at every path.
 */
export function sameValue(before: TemplateValue | undefined, after: TemplateValue | undefined): boolean {
  if (before === after) return true;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return false;
  if (Array.isArray(before)) {
    if (!Array.isArray(after) || before.length !== after.length) return false;
    for (let at = 0; at < before.length; at++) if (!sameValue(before[at], after[at])) return false;
    return true;
  }
  if (Array.isArray(after)) return false;
  // for-in makes no list of keys, which is a fifth of the time over thousands of resources.
  let left = 0;
  for (const key in before) {
    if (!Object.hasOwn(after, key)) return false;
    if (!(left < largeMap ? sameValue(before[key], after[key]) : sameAgain(before[key], after[key]))) return false;
    left++;
  }
  let right = 0;
  for (const _ in after) right++;
  return left === right;
}

/** From this many members on, members of a map that were found to be the same are remembered. */
const largeMap = 64;

/**
 * Values that were found to be the same, new one to old one. An editor compares with one baseline again and again, and
 * the compiler gives back the same object for what did not change, so a thousand entities are walked through once.
 */
const found = new WeakMap<object, object>();

/** As `sameValue`, for what is large or often compared: what was the same once is not walked through again. */
function sameAgain(before: TemplateValue | undefined, after: TemplateValue | undefined): boolean {
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null)
    return before === after;
  if (wereSame(before, after)) return true;
  const same = sameValue(before, after);
  if (same) rememberSame(before, after);
  return same;
}

export function wereSame(before: object, after: object): boolean {
  return found.get(after) === before;
}

export function rememberSame(before: object, after: object): void {
  found.set(after, before);
}

/** Every place where two values differ. None exactly when they are the same. */
export function valueDifferences(
  before: TemplateValue | undefined,
  after: TemplateValue | undefined,
  path: PropertyPath = [],
): ValueDifference[] {
  if (sameValue(before, after)) return [];
  if (isPlainMap(before) && isPlainMap(after)) return mapDifferences(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) {
    const within = listDifferences(before, after, path);
    if (within.length > 0) return within;
  }
  return [
    { path, ...(before === undefined ? {} : { before: before }), ...(after === undefined ? {} : { after: after }) },
  ];
}

function mapDifferences(before: ValueMap, after: ValueMap, path: PropertyPath): ValueDifference[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const same = keys.size > largeMap ? sameAgain : sameValue;
  return [...keys].flatMap((key) => {
    const [one, other] = [ownValue(before, key), ownValue(after, key)];
    return same(one, other) ? [] : valueDifferences(one, other, [...path, key]);
  });
}

/** Members with the same name belong together; a list whose members have none is compared as a whole. */
function listDifferences(before: TemplateValue[], after: TemplateValue[], path: PropertyPath): ValueDifference[] {
  const name = memberNames.find((key) => isNamedBy(before, key) && isNamedBy(after, key));
  if (name === undefined) return [];
  const [left, right] = [byName(before, name), byName(after, name)];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((member) =>
    valueDifferences(left.get(member), right.get(member), [...path, `[${member}]`]),
  );
}

/** What members of lists in templates are told apart by. */
const memberNames = ['IndexName', 'AttributeName', 'PolicyName', 'Key', 'Name', 'Id', 'Sid'];

function isNamedBy(list: readonly TemplateValue[], key: string): boolean {
  const names = list.map((member) => (isPlainMap(member) ? ownValue(member, key) : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

function byName(list: readonly TemplateValue[], key: string): Map<string, TemplateValue> {
  return new Map(list.map((member) => [isPlainMap(member) ? String(ownValue(member, key)) : '', member]));
}

/** A map of properties; not an intrinsic function, which stands for one value. */
function isPlainMap(value: TemplateValue | undefined): value is ValueMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return !(keys.length === 1 && (keys[0] === 'Ref' || keys[0]?.startsWith('Fn::')));
}

function ownValue(map: ValueMap, key: string): TemplateValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
