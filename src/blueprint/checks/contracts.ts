import type { Finding } from '../finding.ts';
import type { BlueprintPath } from '../problem.ts';
import type { Check } from './check.ts';
import { looksSlow, patternError } from './pattern.ts';

/**
 * Contracts of endpoints are JSON Schemas (draft 2020-12) that can be held against a body: what is wrong with one would
 * otherwise be a failure of every request.
 */
export const checkContracts: Check = ({ draft }) =>
  (draft.api?.endpoints ?? []).flatMap(({ path, value }) => {
    const findings: Finding[] = [];
    if (value.request !== undefined && (value.method === 'GET' || value.method === 'DELETE')) {
      findings.push({
        code: 'request-without-body',
        message: `A ${value.method} carries no body that could keep a contract.`,
        hint: 'Remove `request`, or choose POST, PUT or PATCH.',
        path: [...path, 'request'],
        at: 'key',
      });
    }
    for (const part of ['request', 'response'] as const) {
      const schema = value[part];
      if (schema !== undefined) findings.push(...schemaFindings(schema, { root: schema, path: [...path, part] }));
    }
    return findings;
  });

interface Place {
  /** The whole contract: what references point into. */
  root: unknown;
  path: BlueprintPath;
  depth?: number;
}

const deepest = 64;
const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const single = [
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const listed = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const named = ['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties'];
const counts = [
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
];
const numbers = ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'];

function schemaFindings(schema: unknown, place: Place): Finding[] {
  if (typeof schema === 'boolean') return [];
  if (!isObject(schema)) return [invalid('A schema is an object, or true or false.', place.path)];
  const depth = place.depth ?? 0;
  if (depth > deepest) return [invalid(`The contract is nested deeper than ${deepest} levels.`, place.path)];
  const inside = (value: unknown, ...steps: (string | number)[]) =>
    schemaFindings(value, { root: place.root, path: [...place.path, ...steps], depth: depth + 1 });
  const findings = ownFindings(schema, place);
  for (const keyword of single) if (Object.hasOwn(schema, keyword)) findings.push(...inside(schema[keyword], keyword));
  for (const keyword of listed) {
    const list = Object.hasOwn(schema, keyword) ? schema[keyword] : [];
    if (!Array.isArray(list)) findings.push(invalid(`\`${keyword}\` is a list of schemas.`, [...place.path, keyword]));
    else findings.push(...list.flatMap((item, index) => inside(item, keyword, index)));
  }
  for (const keyword of named) {
    const map = Object.hasOwn(schema, keyword) ? schema[keyword] : {};
    if (!isObject(map)) findings.push(invalid(`\`${keyword}\` holds schemas by name.`, [...place.path, keyword]));
    else findings.push(...Object.entries(map).flatMap(([name, item]) => inside(item, keyword, name)));
  }
  return findings;
}

/** What a schema says itself, without the schemas in it. */
function ownFindings(schema: Record<string, unknown>, { root, path }: Place): Finding[] {
  const findings: Finding[] = [];
  const wrong = (keyword: string, message: string, hint?: string) =>
    findings.push(invalid(message, [...path, keyword], hint));
  const { type, required } = schema;
  for (const name of Array.isArray(type) ? type : type === undefined ? [] : [type]) {
    if (!types.includes(name))
      wrong('type', `There is no type \`${String(name)}\` in JSON.`, `Write ${types.join(', ')}.`);
  }
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string')))
    wrong('required', '`required` is a list of names.');
  if (schema.enum !== undefined && !Array.isArray(schema.enum)) wrong('enum', '`enum` is a list of values.');
  for (const keyword of counts) {
    const count = schema[keyword];
    if (count !== undefined && !(Number.isInteger(count) && Number(count) >= 0))
      wrong(keyword, `\`${keyword}\` is a whole number from 0.`);
  }
  for (const keyword of numbers) {
    const number = schema[keyword];
    if (number !== undefined && (typeof number !== 'number' || (keyword === 'multipleOf' && number <= 0)))
      wrong(keyword, `\`${keyword}\` is a number${keyword === 'multipleOf' ? ' above 0' : ''}.`);
  }
  if (schema.pattern !== undefined) findings.push(...patternFindings(schema.pattern, [...path, 'pattern']));
  for (const pattern of isObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : [])
    findings.push(...patternFindings(pattern, [...path, 'patternProperties', pattern]));
  for (const keyword of ['$id', '$anchor', '$dynamicRef', '$recursiveRef']) {
    if (Object.hasOwn(schema, keyword))
      wrong(
        keyword,
        `\`${keyword}\` is not followed.`,
        'Put what is shared under `$defs`, and point there with `$ref`.',
      );
  }
  if (schema.$ref !== undefined && !leadsSomewhere(root, schema.$ref))
    wrong('$ref', `\`${String(schema.$ref).slice(0, 100)}\` is nowhere in this contract.`, 'Write `#/$defs/name`.');
  return findings;
}

function patternFindings(pattern: unknown, path: BlueprintPath): Finding[] {
  if (typeof pattern !== 'string') return [invalid('`pattern` is a regular expression.', path)];
  const error = patternError(pattern, 'u');
  if (error !== undefined)
    return [
      invalid(
        `\`${pattern.slice(0, 100)}\` is not a regular expression: ${error}.`,
        path,
        'Write it for JavaScript, without slashes.',
      ),
    ];
  if (!looksSlow(pattern)) return [];
  return [
    {
      code: 'slow-pattern',
      severity: 'warning',
      message: `\`${pattern.slice(0, 100)}\` repeats a repetition: some texts make it very slow.`,
      hint: 'Remove one of the two repetitions, and limit the length with `maxLength`.',
      path,
    },
  ];
}

/** A reference within the contract: `#`, or a JSON pointer to something in it. */
function leadsSomewhere(root: unknown, reference: unknown): boolean {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return false;
  let here: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here)) here = /^\d+$/.test(name) ? here[Number(name)] : undefined;
    else here = isObject(here) && Object.hasOwn(here, name) ? here[name] : undefined;
  }
  return typeof here === 'boolean' || isObject(here);
}

function invalid(message: string, path: BlueprintPath, hint = 'Write JSON Schema, draft 2020-12.'): Finding {
  return { code: 'invalid-contract', message, hint, path };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
