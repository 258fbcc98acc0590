import { stringify } from 'yaml';
import type { BlueprintInput } from './schema.ts';

/** The order in which the top-level keys of a Blueprint are written. */
const order: readonly (keyof BlueprintInput)[] = [
  '$schema',
  'project',
  'region',
  'environments',
  'auth',
  'tenancy',
  'entities',
  'api',
  'functions',
  'jobs',
  'queues',
  'storage',
  'workflows',
  'frontend',
  'monitoring',
  'cost',
  'validation',
];

/**
 * A Blueprint as YAML text, in the order of the language. Reading it back gives the same document. Comments are not
 * part of a document: to change a text that a user wrote, edit the text.
 */
export function printBlueprint(document: BlueprintInput): string {
  const ordered = Object.fromEntries(
    order.flatMap((key) => (document[key] === undefined ? [] : [[key, document[key]]])),
  );
  return stringify(ordered, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2' });
}
