import type { Template, TemplateValue } from '../stacks/template.ts';

/** The resources of a template as they were read back; whatever else is in a template does not matter here. */
export type TemplateResources = Record<string, unknown>;

/** Reads a template's text; undefined when it is not one (a template in YAML was not made by Backdrift). */
export function readTemplate(body: string): { [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two templates mean the same: the order of keys and white space do not count. */
export function sameTemplate(live: string, wanted: Template): boolean {
  return canonical(readTemplate(live)) === canonical(wanted);
}

/**
 * Logical ids that an update from `live` to `wanted` creates, changes or deletes, as far as the two texts tell;
 * those that use one of `changedParameters` count as changed.
 */
export function changedResources(
  live: string | undefined,
  wanted: Template | undefined,
  changedParameters: readonly string[] = [],
): string[] {
  const before = live === undefined ? {} : resourcesOf(readTemplate(live));
  const after: TemplateResources = wanted?.Resources ?? {};
  const ids = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...ids].filter((id) => {
    if (!Object.hasOwn(before, id) || !Object.hasOwn(after, id)) return true;
    return (
      canonical(before[id]) !== canonical(after[id]) ||
      usesParameter(wanted?.Resources[id]?.Properties, changedParameters)
    );
  });
}

function resourcesOf(template: { [key: string]: unknown } | undefined): TemplateResources {
  return isObject(template?.Resources) ? template.Resources : {};
}

function usesParameter(value: TemplateValue | undefined, parameters: readonly string[]): boolean {
  if (parameters.length === 0 || value === undefined || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => usesParameter(item, parameters));
  if (typeof value !== 'object') return false;
  if (typeof value.Ref === 'string' && parameters.includes(value.Ref)) return true;
  return Object.entries(value).some(
    ([key, item]) => (key === 'Fn::Sub' && substitutes(item, parameters)) || usesParameter(item, parameters),
  );
}

function substitutes(value: TemplateValue, parameters: readonly string[]): boolean {
  const text = Array.isArray(value) ? value[0] : value;
  return typeof text === 'string' && parameters.some((name) => text.includes(`\${${name}}`));
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
