import type { Guard } from './guard.ts';

/** The names and values that a DynamoDB expression refers to. Every name is an alias, so no field is a reserved word. */
export interface Expression {
  /** The alias of an attribute. */
  name(attribute: string): string;
  /** The placeholder of a value. */
  value(value: unknown): string;
  /** Both tables as a request takes them; left out when empty, as DynamoDB wants. */
  tables(): { ExpressionAttributeNames?: Record<string, string>; ExpressionAttributeValues?: Record<string, unknown> };
}

export function expression(): Expression {
  const names = new Map<string, string>();
  const values = new Map<string, unknown>();
  return {
    name(attribute) {
      const alias = names.get(attribute) ?? `#n${names.size}`;
      names.set(attribute, alias);
      return alias;
    },
    value(value) {
      const placeholder = `:v${values.size}`;
      values.set(placeholder, value);
      return placeholder;
    },
    tables: () => ({
      ...(names.size > 0
        ? { ExpressionAttributeNames: Object.fromEntries([...names].map(([name, alias]) => [alias, name])) }
        : {}),
      ...(values.size > 0 ? { ExpressionAttributeValues: Object.fromEntries(values) } : {}),
    }),
  };
}

/** Guards as terms of a condition or filter expression. */
export function guardTerms(guards: readonly Guard[], in_: Expression): string[] {
  return guards.map((guard) => {
    const name = in_.name(guard.attribute);
    if ('equals' in guard) return `${name} = ${in_.value(guard.equals)}`;
    if ('absent' in guard) return `(attribute_not_exists(${name}) OR attribute_type(${name}, ${in_.value('NULL')}))`;
    if ('after' in guard)
      return `(NOT attribute_type(${name}, ${in_.value('N')}) OR ${name} > ${in_.value(guard.after)})`;
    return `NOT begins_with(${name}, ${in_.value(guard.without)})`;
  });
}
