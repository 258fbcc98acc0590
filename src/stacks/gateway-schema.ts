import type { TemplateValue } from './template.ts';

type GatewaySchema = { [key: string]: TemplateValue };

const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean']);
const numbers = ['minLength', 'maxLength', 'minimum', 'maximum'] as const;
/** Deeper schemas are accepted as anything: a template must not be nested without end. */
const deepest = 20;

/**
 * What API Gateway can check of a JSON Schema. It reads a body with JSON Schema draft 4 out of an OpenAPI document, and
 * does not know `nullable`, type lists, `oneOf`, `anyOf`, `additionalProperties`, `$ref` to elsewhere and more; what it
 * does not know is left out, so the gateway is never stricter than the function behind it, which checks everything.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 *
 * A value that may be null has no type here: `maxLength` and its like apply to strings only, and let null pass.
 */
export function gatewaySchema(schema: unknown, depth = 0): GatewaySchema {
  if (!isObject(schema) || depth > deepest) return {};
  const result: GatewaySchema = {};
  const { type, format, pattern } = schema;
  if (typeof type === 'string' && types.has(type)) result.type = type;
  if (format === 'date-time' || format === 'date') result.format = format;
  const values = enumeration(schema.enum);
  if (values !== undefined) result.enum = values;
  for (const keyword of numbers) {
    const bound = schema[keyword];
    if (typeof bound === 'number') result[keyword] = bound;
  }
  if (typeof pattern === 'string') result.pattern = pattern;
  if (isObject(schema.items)) result.items = gatewaySchema(schema.items, depth + 1);
  if (isObject(schema.properties)) {
    const properties = Object.entries(schema.properties).filter(([name]) => !isReserved(name));
    if (properties.length > 0) {
      result.properties = Object.fromEntries(
        properties.map(([name, property]) => [name, gatewaySchema(property, depth + 1)]),
      );
    }
  }
  const required = names(schema.required);
  if (required.length > 0) result.required = required;
  return result;
}

/** CloudFormation would take an object with this key for one of its functions. */
function isReserved(name: string): boolean {
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::') || name === '__proto__';
}

function enumeration(value: unknown): TemplateValue[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const scalars = value.filter((item) => typeof item === 'string' || typeof item === 'number');
  return scalars.length === value.length ? scalars : undefined;
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.filter((item) => typeof item === 'string'))] : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
