import type { OutputUnit } from '@cfworker/json-schema';
import type { FieldError } from '../answer.ts';
import { isObject, own } from '../json.ts';

/** One thing that is wrong with a value. */
export interface Finding {
  keyword: string;
  /** Where in the value, as a JSON pointer: `#/lines/0/amount`. */
  where: string;
  /** Where in the schema: `#/properties/lines/items/properties/amount/minimum`. */
  at: string;
  /** What the library says; it may quote the value, so only names of the schema are read out of it. */
  text: string;
}

/** They only say that something inside is wrong, and what is inside follows. */
const wrappers = new Set([
  '$ref',
  '$recursiveRef',
  'additionalItems',
  'allOf',
  'dependentSchemas',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
]);

/** What is inside them is about one of several ways to be right, or about something else than a value. */
const wholes = new Set(['anyOf', 'contains', 'minContains', 'maxContains', 'oneOf', 'propertyNames']);

/** They have a schema of their own, and where that is `false`, nothing may be there at all. */
const remainders = new Set(['additionalProperties', 'unevaluatedItems', 'unevaluatedProperties']);

/** The findings that name a cause, out of a list in which each is preceded by all that lie around it. */
export function leaves(units: readonly OutputUnit[]): Finding[] {
  const found: Finding[] = [];
  // `minContains` and `maxContains` come after what they are about.
  const closed = new Set(
    units.flatMap(({ keyword, keywordLocation }) =>
      wholes.has(keyword) ? [keywordLocation.replace(/\/m(?:in|ax)Contains$/, '/contains')] : [],
    ),
  );
  const isClosed = (location: string) => [...closed].some((whole) => location.startsWith(`${whole}/`));
  let within = false;
  let around = '#';
  for (const { keyword, keywordLocation, instanceLocation, error } of units) {
    if (closed.size > 0 && (isClosed(keywordLocation) || (within && keyword === 'false'))) continue;
    within = wholes.has(keyword);
    if (wrappers.has(keyword) || remainders.has(keyword)) {
      around = keywordLocation;
      continue;
    }
    // The schema `false` is said to be where the value is, which is no place in the schema.
    const at = keyword === 'false' ? around : keywordLocation;
    found.push({ keyword, where: instanceLocation, at, text: error });
  }
  return found;
}

/** A finding in words: the field, and the end of a sentence about it. */
export function describe(finding: Finding, schema: unknown): FieldError {
  const path = pointerSteps(finding.where);
  const missing = finding.keyword === 'required' ? /"(.*)"\.$/s.exec(finding.text)?.[1] : undefined;
  const steps = missing === undefined ? path : [...path, missing];
  return { field: fieldName(steps), message: sentence(finding, valueAt(schema, pointerSteps(finding.at))) };
}

const words: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function sentence({ keyword }: Finding, wanted: unknown): string {
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return 'is required';
    case 'false':
      return 'is not expected here';
    case 'type': {
      const types = Array.isArray(wanted) ? wanted : [wanted];
      return `must be ${types.map((type) => words[String(type)] ?? 'of another type').join(' or ')}`;
    }
    case 'enum':
      return Array.isArray(wanted) ? `must be one of ${listed(wanted)}` : 'must be one of the allowed values';
    case 'const':
      return `must be ${listed([wanted])}`;
    case 'format':
      return typeof wanted === 'string' ? `must be a ${wanted}` : 'has the wrong form';
    case 'pattern':
      return typeof wanted === 'string' ? `must match the pattern ${wanted.slice(0, 200)}` : 'has the wrong form';
    case 'uniqueItems':
      return 'must not hold the same value twice';
    case 'anyOf':
    case 'oneOf':
    case 'not':
    case 'contains':
    case 'propertyNames':
      return 'does not have a form that is allowed here';
    default:
      return bound(keyword, wanted);
  }
}

const bounds: Record<string, (limit: number) => string> = {
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  exclusiveMinimum: (limit) => `must be more than ${limit}`,
  exclusiveMaximum: (limit) => `must be less than ${limit}`,
  multipleOf: (limit) => `must be a multiple of ${limit}`,
  minLength: (limit) => `must have at least ${count(limit, 'character')}`,
  maxLength: (limit) => `must have at most ${count(limit, 'character')}`,
  minItems: (limit) => `must have at least ${count(limit, 'item')}`,
  maxItems: (limit) => `must have at most ${count(limit, 'item')}`,
  minProperties: (limit) => `must have at least ${count(limit, 'field')}`,
  maxProperties: (limit) => `must have at most ${count(limit, 'field')}`,
};

function bound(keyword: string, limit: unknown): string {
  const words = Object.hasOwn(bounds, keyword) ? bounds[keyword] : undefined;
  return words !== undefined && typeof limit === 'number' ? words(limit) : 'does not match what this route takes';
}

function count(limit: number, thing: string): string {
  return limit === 1 ? `1 ${thing}` : `${limit} ${thing}s`;
}

function listed(values: readonly unknown[]): string {
  const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return texts.join(', ').slice(0, 500);
}

/** `lines[0].amount`; the value itself is `body`. Names are the caller's own, so they are cut. */
function fieldName(steps: readonly string[]): string {
  const name = steps.map((step) => (/^\d{1,10}$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return (name.startsWith('.') ? name.slice(1) : name).slice(0, 100) || 'body';
}

function pointerSteps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** What stands at a place of the schema. References within the document are followed, others are not known. */
function valueAt(schema: unknown, steps: readonly string[]): unknown {
  let here = schema;
  for (const step of steps) {
    if (Array.isArray(here)) here = /^\d+$/.test(step) ? here[Number(step)] : undefined;
    else if (step === '$ref') {
      const target = own(here, '$ref');
      if (typeof target !== 'string' || !/^#(\/|$)/.test(target)) return undefined;
      // A reference to what lies around it would be followed for ever.
      here = plainlyAt(schema, pointerSteps(target));
    } else here = own(here, step);
    if (here === undefined) return undefined;
  }
  return here;
}

function plainlyAt(schema: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((here, step) => {
    if (Array.isArray(here)) return /^\d+$/.test(step) ? here[Number(step)] : undefined;
    return isObject(here) ? own(here, step) : undefined;
  }, schema);
}
