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
  readonly members: Readonly<Record<string, Value>>;
  readonly text: string;
}

export function writeMembers<Value>(members: Record<string, Value>): WrittenMembers<Value> {
  return { members, text: JSON.stringify(members).slice(1, -1) };
}

/** One object out of many; `repeated` are the keys that more than one part has (the first one stays). */
export function joinMembers<Value>(
  parts: readonly WrittenMembers<Value>[],
): Written<Record<string, Value>> & { repeated: string[] } {
  const value: Record<string, Value> = {};
  const repeated: string[] = [];
  const texts: string[] = [];
  for (const part of parts) {
    if (part.text === '') continue;
    let whole = true;
    for (const key in part.members) {
      if (Object.hasOwn(value, key)) {
        repeated.push(key);
        whole = false;
      }
    }
    const added = whole ? part : writeMembers(without(part.members, value));
    if (added.text === '') continue;
    for (const key in added.members) {
      const member = added.members[key];
      if (member !== undefined) value[key] = member;
    }
    texts.push(added.text);
  }
  return { value, text: `{${texts.join(',')}}`, repeated };
}

function without<Value>(members: Readonly<Record<string, Value>>, taken: object): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).filter(([key]) => !Object.hasOwn(taken, key)));
}

/** An object whose members are already written, in the order given. */
export function writeObject(
  members: Record<string, Written<TemplateValue>>,
): Written<{ [key: string]: TemplateValue }> {
  const entries = Object.entries(members);
  return {
    value: Object.fromEntries(entries.map(([key, member]) => [key, member.value])),
    text: `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${member.text}`).join(',')}}`,
  };
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
