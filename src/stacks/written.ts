import { sha256 } from './names.ts';
import type { TemplateValue } from './template.ts';

/**
 * A value together with its JSON text. A template is put together from texts of the parts, so that a part that did
 * not change since the last keystroke is not serialised again. Parts are shared between compilations: nobody may
 * change them.
 */
export interface Written<Value> {
  readonly value: Value;
  readonly text: string;
}

export function write<Value>(value: Value): Written<Value> {
  return { value, text: JSON.stringify(value) };
}

/** Members of an object without its braces: they can be joined with others. Empty text where there is none. */
export interface WrittenMembers<Value> {
  readonly members: readonly (readonly [key: string, value: Value])[];
  readonly text: string;
}

export function writeMembers<Value>(members: Record<string, Value>): WrittenMembers<Value> {
  return { members: Object.entries(members), text: JSON.stringify(members).slice(1, -1) };
}

/** Many parts as one object. `repeated` are the keys that more than one part has; the first one stays. */
export interface Joined<Value> extends Written<Record<string, Value>> {
  /** How many members there are. */
  size: number;
  repeated: string[];
}

/** The text is concatenated, not joined: the engine then copies the parts when the text is read, not at every level. */
export function joinMembers<Value>(parts: readonly WrittenMembers<Value>[]): Joined<Value> {
  const value: Record<string, Value> = {};
  let text = '';
  let size = 0;
  for (const part of parts) {
    if (part.members.length === 0) continue;
    for (const [key, member] of part.members) value[key] = member;
    text += `${text === '' ? '{' : ','}${part.text}`;
    size += part.members.length;
  }
  if (Object.keys(value).length !== size) return joinDistinct(parts);
  return { value, text: text === '' ? '{}' : `${text}}`, size, repeated: [] };
}

function joinDistinct<Value>(parts: readonly WrittenMembers<Value>[]): Joined<Value> {
  const value: Record<string, Value> = {};
  const repeated: string[] = [];
  for (const [key, member] of parts.flatMap((part) => part.members)) {
    if (Object.hasOwn(value, key)) repeated.push(key);
    else value[key] = member;
  }
  return { value, text: JSON.stringify(value), size: Object.keys(value).length, repeated };
}

/** An object whose members are already written, in the order given. */
export function writeObject(
  members: Record<string, Written<TemplateValue>>,
): Written<{ [key: string]: TemplateValue }> {
  const value: { [key: string]: TemplateValue } = {};
  let text = '';
  for (const [key, member] of Object.entries(members)) {
    value[key] = member.value;
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${member.text}`;
  }
  return { value, text: text === '' ? '{}' : `${text}}` };
}

const digests = new WeakMap<object, string>();

/** SHA-256 of a part's text, worked out once. */
export function digestOf(part: { readonly text: string }): string {
  const known = digests.get(part);
  if (known !== undefined) return known;
  const digest = sha256(part.text);
  digests.set(part, digest);
  return digest;
}

/**
 * Remembers the last result per owner for as long as the inputs are the same, compared by identity. A Blueprint keeps
 * the identity of what was not edited, so one edit costs one entity, not all of them.
 */
export function remembering<Result>(): <Owner extends object>(
  owner: Owner,
  inputs: readonly unknown[],
  make: () => Result,
) => Result {
  const last = new WeakMap<object, { inputs: readonly unknown[]; result: Result }>();
  return (owner, inputs, make) => {
    const known = last.get(owner);
    if (
      known !== undefined &&
      known.inputs.length === inputs.length &&
      known.inputs.every((input, index) => input === inputs[index])
    ) {
      return known.result;
    }
    const result = make();
    last.set(owner, { inputs, result });
    return result;
  };
}
