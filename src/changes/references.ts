import type { TemplateValue } from '../stacks/template.ts';

/** Logical ids and parameters that a value names through Ref, Fn::GetAtt and Fn::Sub. */
export function referencesIn(value: TemplateValue | undefined, found: Set<string> = new Set()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  if (Array.isArray(value)) {
    for (const item of value) referencesIn(item, found);
    return found;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') found.add(item);
    else if (key === 'Fn::GetAtt') addAttribute(item, found);
    else if (key === 'Fn::Sub') addSubstitutions(item, found);
    if (key !== 'Ref' && typeof item === 'object') referencesIn(item, found);
  }
  return found;
}

/** The value with parameters written out, where their values are known. */
export function withParameters(value: TemplateValue, known: ReadonlyMap<string, string>): TemplateValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withParameters(item, known));
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first) {
    const [key, item] = first;
    if (key === 'Ref' && typeof item === 'string') return known.get(item) ?? value;
    if (key === 'Fn::Sub' && typeof item === 'string') return { [key]: substituted(item, known) };
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, withParameters(item, known)]));
}

const substitution = /\$\{([^!}.][^}.]*)(\.[^}]*)?\}/g;

function substituted(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(substitution, (whole, name: string, attribute?: string) =>
    attribute === undefined ? (known.get(name) ?? whole) : whole,
  );
}

function addAttribute(value: TemplateValue, found: Set<string>): void {
  const name = Array.isArray(value) ? value[0] : typeof value === 'string' ? value.split('.')[0] : undefined;
  if (typeof name === 'string') found.add(name);
}

function addSubstitutions(value: TemplateValue, found: Set<string>): void {
  const [text, own] = Array.isArray(value) ? value : [value];
  if (typeof text !== 'string') return;
  const given = typeof own === 'object' && own !== null && !Array.isArray(own) ? own : {};
  for (const [, name] of text.matchAll(substitution)) if (name && !Object.hasOwn(given, name)) found.add(name);
}
