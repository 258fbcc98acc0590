import { isObject, type Json, type JsonObject, member, scalarText } from '../json.ts';
import { validationError } from '../service-error.ts';
import { readTemplateText } from './read.ts';
import type {
  DeletionPolicy,
  OutputDefinition,
  ParameterDefinition,
  ResourceDefinition,
  Template,
} from './template.ts';

const sections = new Set(
  'AWSTemplateFormatVersion Description Metadata Parameters Rules Mappings Conditions Transform Resources Outputs Hooks'.split(
    ' ',
  ),
);
const resourceAttributes = new Set(
  'Type Properties DependsOn Condition DeletionPolicy UpdateReplacePolicy CreationPolicy UpdatePolicy Metadata Comment'.split(
    ' ',
  ),
);

/**
 * Reads a template and checks its structure, not yet what refers to what.
 * @throws ServiceError ValidationError in the service's words.
 */
export function parseTemplate(source: string): Template {
  const root = readTemplateText(source);
  if (!isObject(root)) throw formatError('unsupported structure.');
  const unknown = Object.keys(root).filter((key) => !sections.has(key));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const version = scalarText(member(root, 'AWSTemplateFormatVersion'));
  if (version !== undefined && version !== '2010-09-09') {
    throw formatError(`Unrecognized template format version: ${version}`);
  }
  const description = member(root, 'Description');
  if (description !== undefined && typeof description !== 'string') {
    throw formatError('[/Description] Description must be a string.');
  }
  if (description !== undefined && Buffer.byteLength(description) > 1024) {
    throw formatError(`'Description' length is greater than 1024.`);
  }
  const metadata = member(root, 'Metadata');
  const resources = section(root, 'Resources', parseResource);
  if (resources.size === 0) throw formatError('At least one Resources member must be defined.');
  const transform = member(root, 'Transform');
  return {
    source,
    ...(version !== undefined && { version }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    transforms: (Array.isArray(transform) ? transform : [transform ?? null]).flatMap((t) => scalarText(t) ?? []),
    parameters: section(root, 'Parameters', parseParameter),
    mappings: section(root, 'Mappings', (path, value) => {
      if (!isObject(value)) throw formatError(`[${path}] Every Mappings member must be a map.`);
      return value;
    }),
    conditions: section(root, 'Conditions', (_path, value) => value),
    resources,
    outputs: section(root, 'Outputs', parseOutput),
  };
}

function formatError(message: string) {
  return validationError(`Template format error: ${message}`);
}

function section<T>(root: JsonObject, name: string, parse: (path: string, value: Json) => T): ReadonlyMap<string, T> {
  const value = member(root, name);
  if (value === undefined || value === null) return new Map();
  if (!isObject(value)) throw formatError(`${name} must be a map.`);
  const singular = name === 'Resources' ? 'Resource' : name.slice(0, -1);
  for (const key of Object.keys(value)) {
    // Conditions and mappings may be named more freely; what becomes a logical id may not.
    if (name !== 'Conditions' && name !== 'Mappings' && !/^[A-Za-z0-9]{1,255}$/.test(key)) {
      throw formatError(`${singular} name ${key} is non alphanumeric.`);
    }
  }
  return new Map(Object.entries(value).map(([key, item]) => [key, parse(`/${name}/${key}`, item)]));
}

function parseResource(path: string, value: Json): ResourceDefinition {
  if (!isObject(value)) throw formatError(`[${path}] resource definition is malformed`);
  const unknown = Object.keys(value).find((key) => !resourceAttributes.has(key));
  if (unknown !== undefined) throw validationError(`Invalid template resource property '${unknown}'`);
  const type = member(value, 'Type');
  if (typeof type !== 'string') {
    throw formatError(`[${path}] Every Resources object must contain a Type member.`);
  }
  const properties = member(value, 'Properties') ?? {};
  if (!isObject(properties)) throw formatError(`[${path}/Properties] Properties must be an object.`);
  const dependsOn = [member(value, 'DependsOn') ?? []].flat();
  const names = dependsOn.filter((name) => typeof name === 'string');
  if (names.length !== dependsOn.length) {
    throw formatError(`[${path}/DependsOn] DependsOn must be a string or list of strings.`);
  }
  const condition = member(value, 'Condition');
  if (condition !== undefined && typeof condition !== 'string') {
    throw formatError(`[${path}/Condition] Condition must be a string.`);
  }
  const metadata = member(value, 'Metadata');
  return {
    type,
    properties,
    dependsOn: names,
    ...(condition !== undefined && { condition }),
    deletionPolicy: policy(path, 'DeletionPolicy', member(value, 'DeletionPolicy')),
    updateReplacePolicy: replacePolicy(path, member(value, 'UpdateReplacePolicy')),
    ...(metadata !== undefined && { metadata }),
  };
}

function policy(path: string, name: string, value: Json | undefined): DeletionPolicy {
  if (value === undefined) return 'Delete';
  if (value === 'Delete' || value === 'Retain' || value === 'RetainExceptOnCreate' || value === 'Snapshot')
    return value;
  throw formatError(`[${path}] Unrecognized ${name} ${scalarText(value) ?? JSON.stringify(value)}`);
}

function replacePolicy(path: string, value: Json | undefined): 'Delete' | 'Retain' | 'Snapshot' {
  const parsed = policy(path, 'UpdateReplacePolicy', value);
  if (parsed === 'RetainExceptOnCreate') throw formatError(`[${path}] Unrecognized UpdateReplacePolicy ${parsed}`);
  return parsed;
}

function parseParameter(path: string, value: Json): ParameterDefinition {
  if (!isObject(value)) throw formatError(`[${path}] Every Parameters member must be a map.`);
  const type = member(value, 'Type');
  if (typeof type !== 'string') throw formatError('Every Parameters object must contain a Type member.');
  if (
    !/^(String|Number|List<Number>|List<String>|CommaDelimitedList|AWS::[A-Za-z0-9:<>]+|List<AWS::[A-Za-z0-9:]+>)$/.test(
      type,
    )
  ) {
    throw formatError(`Unrecognized parameter type: ${type}`);
  }
  const text = (name: string) => scalarText(member(value, name));
  const number = (name: string) => {
    const given = text(name);
    if (given === undefined) return undefined;
    if (Number.isNaN(Number(given))) throw formatError(`[${path}/${name}] ${name} must be a number.`);
    return Number(given);
  };
  const allowed = member(value, 'AllowedValues');
  const pattern = text('AllowedPattern');
  if (pattern !== undefined && regularExpression(pattern) === undefined) {
    throw formatError(`[${path}/AllowedPattern] AllowedPattern is not a regular expression.`);
  }
  return dropUndefined({
    type,
    default: text('Default'),
    description: text('Description'),
    noEcho: text('NoEcho') === 'true',
    allowedValues: Array.isArray(allowed) ? allowed.flatMap((item) => scalarText(item) ?? []) : undefined,
    allowedPattern: pattern,
    constraintDescription: text('ConstraintDescription'),
    minLength: number('MinLength'),
    maxLength: number('MaxLength'),
    minValue: number('MinValue'),
    maxValue: number('MaxValue'),
  });
}

/** An AllowedPattern matches the whole value. */
export function regularExpression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    // Not a regular expression is an answer here: the caller refuses the template with it.
    return undefined;
  }
}

function parseOutput(path: string, value: Json): OutputDefinition {
  if (!isObject(value)) throw formatError(`[${path}] Every Outputs member must be a map.`);
  const output = member(value, 'Value');
  if (output === undefined || output === null) {
    throw formatError(`[${path}] Every Outputs member must contain a Value object`);
  }
  const exported = member(value, 'Export');
  return dropUndefined({
    value: output,
    description: scalarText(member(value, 'Description')),
    exportName: exported !== undefined && isObject(exported) ? member(exported, 'Name') : undefined,
    condition: scalarText(member(value, 'Condition')),
  });
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function dropUndefined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // The type says what the filter does; TypeScript cannot follow Object.fromEntries.
  return Object.fromEntries(entries) as Defined<T>;
}
