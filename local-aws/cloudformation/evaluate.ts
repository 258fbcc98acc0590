import { isObject, type Json, type JsonObject, member, sameValue, scalarText } from './json.ts';
import { asFunction, attributeParts, placeholder } from './references.ts';
import { validationError } from './service-error.ts';

/** What intrinsic functions look things up in. Each lookup throws a ServiceError when there is nothing to find. */
export interface Scope {
  /** A parameter, pseudo parameter or resource. Undefined is AWS::NoValue: what holds it is left out. */
  ref(name: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json;
  holds(condition: string): boolean;
  mapping(name: string): JsonObject | undefined;
  importValue(exportName: string): Json;
  availabilityZones(region: string): string[];
}

/** Stands, in a change set, for what is known only once the change is made. The service writes the same. */
export const knownAfterApply = '{{changeSet:KNOWN_AFTER_APPLY}}';

const isUnknown = (value: Json | undefined) => typeof value === 'string' && value.includes(knownAfterApply);

type Apply = (argument: Json, scope: Scope) => Json | undefined;

const functions: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['Ref', ref],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', choose],
  ['Fn::FindInMap', findInMap],
  ['Fn::Base64', base64],
  ['Fn::GetAZs', (argument, scope) => scope.availabilityZones(scalarText(evaluate(argument, scope)) ?? '')],
  ['Fn::ImportValue', importValue],
  ['Fn::Length', length],
  ['Fn::ToJsonString', (argument, scope) => JSON.stringify(evaluate(argument, scope) ?? null)],
  ['Fn::Equals', (argument, scope) => test({ 'Fn::Equals': argument }, scope)],
  ['Fn::And', (argument, scope) => test({ 'Fn::And': argument }, scope)],
  ['Fn::Or', (argument, scope) => test({ 'Fn::Or': argument }, scope)],
  ['Fn::Not', (argument, scope) => test({ 'Fn::Not': argument }, scope)],
]);

/** Whether Fn::`name` can be evaluated here. */
export function isSupportedFunction(name: string): boolean {
  return functions.has(name);
}

/**
 * A value with its intrinsic functions resolved; undefined when nothing is left of it (AWS::NoValue).
 * @throws ServiceError ValidationError in the service's words, and nothing else, whatever the value.
 */
export function evaluate(value: Json, scope: Scope): Json | undefined {
  if (Array.isArray(value)) return value.flatMap((item) => wrapped(evaluate(item, scope)));
  if (!isObject(value)) return value;
  const call = asFunction(value);
  if (!call) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]): [string, Json][] => {
        const result = evaluate(item, scope);
        return result === undefined ? [] : [[key, result]];
      }),
    );
  }
  const apply = functions.get(call.name);
  if (!apply) {
    throw templateError(
      `encountered unsupported function: ${call.name} Supported functions are: [${[...functions.keys()].join(', ')}]`,
    );
  }
  return apply(call.argument, scope);
}

/**
 * The truth of a condition.
 * @throws ServiceError ValidationError when it is no condition.
 */
export function test(condition: Json | undefined, scope: Scope): boolean {
  if (typeof condition === 'boolean') return condition;
  if (condition === undefined || !isObject(condition) || Object.keys(condition).length !== 1) {
    throw templateError('every condition must be one condition function.');
  }
  const named = member(condition, 'Condition');
  if (typeof named === 'string') return scope.holds(named);
  const equals = member(condition, 'Fn::Equals');
  if (equals !== undefined) {
    if (!Array.isArray(equals) || equals.length !== 2) {
      throw templateError('every Fn::Equals object requires a list of 2 string parameters.');
    }
    const [left, right] = equals.map((item) => evaluate(item, scope));
    return sameValue(left, right);
  }
  const not = member(condition, 'Fn::Not');
  if (not !== undefined) {
    if (!Array.isArray(not) || not.length !== 1) {
      throw templateError('every Fn::Not object requires one boolean parameter.');
    }
    return !test(not[0], scope);
  }
  const and = member(condition, 'Fn::And');
  const list = and ?? member(condition, 'Fn::Or');
  if (Array.isArray(list)) {
    const name = and === undefined ? 'Fn::Or' : 'Fn::And';
    if (list.length < 2 || list.length > 10) {
      throw templateError(`every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`);
    }
    return and === undefined ? list.some((item) => test(item, scope)) : list.every((item) => test(item, scope));
  }
  throw templateError('every condition must be one condition function.');
}

function templateError(message: string) {
  return validationError(`Template error: ${message}`);
}

function wrapped(value: Json | undefined): Json[] {
  return value === undefined ? [] : [value];
}

function ref(argument: Json, scope: Scope): Json | undefined {
  if (typeof argument !== 'string') throw templateError('every Ref object must have a single String value.');
  return scope.ref(argument);
}

function getAtt(argument: Json, scope: Scope): Json {
  const parts = attributeParts(argument);
  const attribute = parts && scalarText(evaluate(parts.attribute, scope));
  if (!parts || attribute === undefined) {
    throw templateError(
      'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  }
  return scope.attribute(parts.name, attribute);
}

function sub(argument: Json, scope: Scope): Json {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string' || variables === undefined || !isObject(variables)) {
    throw templateError(
      "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  }
  return text.replace(placeholder, (_whole, literal: string, inner: string) => {
    if (literal) return `\${${inner}}`;
    const name = inner.trim();
    if (!/^[\w.:]+$/.test(name)) {
      throw templateError(
        'variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
      );
    }
    const given = member(variables, name);
    const dot = name.indexOf('.');
    const value =
      given !== undefined
        ? evaluate(given, scope)
        : dot < 0
          ? scope.ref(name)
          : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
    const result = scalarText(value);
    if (result === undefined) {
      throw templateError(
        'every value of the context object of every Fn::Sub object must be a string or a function that returns a string',
      );
    }
    return result;
  });
}

function join(argument: Json, scope: Scope): Json {
  const wrong = () =>
    templateError(
      'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    );
  if (!Array.isArray(argument) || argument.length !== 2) throw wrong();
  const [delimiter, list = null] = argument;
  const items = evaluate(list, scope);
  if (typeof delimiter !== 'string') throw wrong();
  if (isUnknown(items)) return knownAfterApply;
  if (!Array.isArray(items)) throw wrong();
  const texts = items.map((item) => scalarText(item) ?? null);
  if (!texts.every((text) => text !== null)) throw wrong();
  return texts.join(delimiter);
}

function select(argument: Json, scope: Scope): Json {
  if (!Array.isArray(argument) || argument.length !== 2) {
    throw templateError('Fn::Select requires a list argument with two elements: an integer index and a list');
  }
  const [given = null, list = null] = argument;
  const index = Number(scalarText(evaluate(given, scope)) ?? Number.NaN);
  const items = evaluate(list, scope);
  if (isUnknown(items)) return knownAfterApply;
  if (!Number.isInteger(index) || !Array.isArray(items)) {
    throw templateError('Fn::Select requires a list argument with two elements: an integer index and a list');
  }
  const item = items[index];
  if (item === undefined || index < 0) {
    if (items.some(isUnknown)) return knownAfterApply;
    throw templateError(`Fn::Select cannot select nonexistent value at index ${index}`);
  }
  return item;
}

function split(argument: Json, scope: Scope): Json {
  const [delimiter, source = null] = Array.isArray(argument) ? argument : [];
  const text = evaluate(source, scope);
  if (typeof delimiter !== 'string' || delimiter === '' || typeof text !== 'string') {
    throw templateError(
      'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    );
  }
  return isUnknown(text) ? [knownAfterApply] : text.split(delimiter);
}

function choose(argument: Json, scope: Scope): Json | undefined {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
    throw templateError('Fn::If requires a list argument with three elements');
  }
  return evaluate(argument[scope.holds(argument[0]) ? 1 : 2] ?? null, scope);
}

function findInMap(argument: Json, scope: Scope): Json | undefined {
  if (!Array.isArray(argument) || argument.length < 3 || argument.length > 4) {
    throw templateError(
      'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  }
  const [name, top, second] = argument.slice(0, 3).map((item) => scalarText(evaluate(item, scope)));
  const options = argument[3];
  const fallback = options !== undefined && isObject(options) ? member(options, 'DefaultValue') : undefined;
  const map = name === undefined ? undefined : scope.mapping(name);
  const row = map && top !== undefined ? member(map, top) : undefined;
  const value = row !== undefined && isObject(row) && second !== undefined ? member(row, second) : undefined;
  if (value !== undefined) return value;
  if (fallback !== undefined) return evaluate(fallback, scope);
  throw templateError(
    map
      ? `Unable to get mapping for ${name}::${top}::${second}`
      : `Mapping named '${name}' is not present in the 'Mappings' section of template.`,
  );
}

function base64(argument: Json, scope: Scope): Json {
  const text = scalarText(evaluate(argument, scope));
  if (text === undefined) throw templateError('every Fn::Base64 object must have a String-typed value.');
  return isUnknown(text) ? knownAfterApply : Buffer.from(text).toString('base64');
}

function importValue(argument: Json, scope: Scope): Json {
  const name = scalarText(evaluate(argument, scope));
  if (name === undefined) {
    throw templateError('the attribute in Fn::ImportValue must be a string or a function that returns a string');
  }
  return scope.importValue(name);
}

function length(argument: Json, scope: Scope): Json {
  const items = evaluate(argument, scope);
  if (isUnknown(items)) return knownAfterApply;
  if (!Array.isArray(items)) throw templateError('Fn::Length expects a list.');
  return items.length;
}
