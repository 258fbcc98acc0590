import { isObject, type Json, type JsonObject, member, scalarText } from './json.ts';

/** One place where a template names a resource, a parameter or a pseudo parameter. */
export interface Reference {
  readonly name: string;
  /** Of Fn::GetAtt and `${Name.Attribute}`. */
  readonly attribute?: string;
}

/** `{ "Ref": … }` and `{ "Fn::…": … }`: an object with that one key. */
export function asFunction(value: JsonObject): { name: string; argument: Json } | undefined {
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined || (name !== 'Ref' && !name.startsWith('Fn::'))) return undefined;
  return { name, argument: value[name] ?? null };
}

/** The argument of Fn::GetAtt, in both of its forms. The attribute may itself be a Ref, and is then not known yet. */
export function attributeParts(argument: Json): { name: string; attribute: Json } | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot > 0 ? { name: argument.slice(0, dot), attribute: argument.slice(dot + 1) } : undefined;
  }
  if (!Array.isArray(argument) || argument.length < 2) return undefined;
  const [name, ...rest] = argument;
  if (typeof name !== 'string') return undefined;
  const [only = null] = rest;
  if (rest.length === 1) return { name, attribute: only };
  const steps = rest.map((step) => scalarText(step));
  return steps.every((step) => step !== undefined) ? { name, attribute: steps.join('.') } : undefined;
}

/** `${Name}` in the text of Fn::Sub; `${!Name}` is literal. */
export const placeholder = /\$\{(!?)([^${}]*)\}/g;

/**
 * What a value refers to. With `holds`, only the branch of an Fn::If that is taken counts, as it does when a stack is
 * made; without it, both do, as when a template is checked.
 */
export function* references(value: Json, holds?: (condition: string) => boolean): Generator<Reference> {
  if (Array.isArray(value)) {
    for (const item of value) yield* references(item, holds);
    return;
  }
  if (!isObject(value)) return;
  const call = asFunction(value);
  if (!call) {
    for (const item of Object.values(value)) yield* references(item, holds);
    return;
  }
  const { name, argument } = call;
  if (name === 'Ref') {
    if (typeof argument === 'string') yield { name: argument };
  } else if (name === 'Fn::GetAtt') {
    const parts = attributeParts(argument);
    if (parts) {
      yield { name: parts.name, ...(typeof parts.attribute === 'string' && { attribute: parts.attribute }) };
      yield* references(parts.attribute, holds);
    }
  } else if (name === 'Fn::Sub') {
    const [text, variables] = Array.isArray(argument) ? argument : [argument];
    const given = isObject(variables) ? variables : {};
    if (typeof text === 'string') {
      for (const [, literal, inner = ''] of text.matchAll(placeholder)) {
        const variable = inner.trim();
        if (literal || member(given, variable) !== undefined) continue;
        const dot = variable.indexOf('.');
        yield dot < 0 ? { name: variable } : { name: variable.slice(0, dot), attribute: variable.slice(dot + 1) };
      }
    }
    yield* references(given, holds);
  } else if (name === 'Fn::If' && holds && Array.isArray(argument) && typeof argument[0] === 'string') {
    yield* references(argument[holds(argument[0]) ? 1 : 2] ?? null, holds);
  } else {
    yield* references(argument, holds);
  }
}

/** The conditions that a value names in Fn::If or `{ "Condition": … }`. */
export function* conditionNames(value: Json): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* conditionNames(item);
  } else if (isObject(value)) {
    const choice = member(value, 'Fn::If');
    if (Array.isArray(choice) && typeof choice[0] === 'string' && Object.keys(value).length === 1) yield choice[0];
    for (const item of Object.values(value)) yield* conditionNames(item);
  }
}
