import * as z from 'zod';
import { valuesAt } from './json.ts';
import rawSchemas from './resource-schema.json' with { type: 'json' };

/**
 * What AWS's resource registry says of a type. Distilled from the resource provider schemas that AWS publishes
 * (MIT-0, bundled in cfn-lint) for the service families that serverless backends use. Property paths are joined with dots.
 */
export interface ResourceSchema {
  /** A change replaces the resource. */
  readonly createOnly: readonly string[];
  /** A change may replace the resource. */
  readonly conditionalCreateOnly: readonly string[];
  readonly primaryIdentifier: readonly string[];
  /** Set by the service; what Fn::GetAtt offers. */
  readonly readOnly: readonly string[];
  readonly required: readonly string[];
  readonly properties: readonly string[];
}

const words = z
  .string()
  .default('')
  .transform((text) => (text === '' ? [] : text.split(' ')));
const fileSchema = z.record(
  z.string(),
  z.object({
    createOnly: words,
    conditionalCreateOnly: words,
    primaryIdentifier: words,
    readOnly: words,
    required: words,
    properties: words,
  }),
);

const schemas: ReadonlyMap<string, ResourceSchema> = new Map(Object.entries(fileSchema.parse(rawSchemas)));
const knownFamilies = new Set([...schemas.keys()].map(familyOf));

function familyOf(type: string): string {
  return type.split('::').slice(0, 2).join('::');
}

/** The registry's facts; undefined for a type outside the families that are known here. */
export function resourceSchema(type: string): ResourceSchema | undefined {
  return schemas.get(type);
}

/** Every type of which facts are known. */
export function knownTypes(): string[] {
  return [...schemas.keys()];
}

/** False only where it is certain: a type of a known family that the registry does not list, or no type name at all. */
export function mayExist(type: string): boolean {
  if (schemas.has(type)) return true;
  if (/^Custom::[\w@-]{1,60}$/.test(type)) return true;
  return /^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+(::MODULE)?$/.test(type) && !knownFamilies.has(familyOf(type));
}

/** The values of a registry path in resolved properties, for comparing. */
export function valuesOfPath(properties: unknown, path: string): unknown[] {
  return valuesAt(properties, path.split('.'));
}
