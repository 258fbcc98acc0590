import type { Template } from '../stacks/template.ts';

/** Whether a template's text means what is wanted: the order of keys and white space do not count. */
export function sameTemplate(live: string, wanted: Template): boolean {
  let value: unknown;
  try {
    value = JSON.parse(live);
  } catch {
    // Not one of ours: they are all JSON.
    return false;
  }
  return canonical(value) === canonical(wanted);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
