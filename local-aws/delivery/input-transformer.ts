/** What a rule sends to a target instead of the event itself. */
export interface TargetInput {
  Input?: string | undefined;
  InputPath?: string | undefined;
  InputTransformer?:
    | { InputPathsMap?: Record<string, string> | undefined; InputTemplate?: string | undefined }
    | undefined;
}

/**
 * The text that a target gets of an event. Paths are `$.detail.name` with an index in brackets; a placeholder `<name>`
 * that stands alone in a JSON template becomes a JSON value, inside quotes the plain text of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput(
  target: TargetInput,
  event: Readonly<Record<string, unknown>>,
  rule: { arn: string; name: string },
): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(event, target.InputPath) ?? {});
  const template = target.InputTransformer?.InputTemplate;
  if (template === undefined) return JSON.stringify(event);
  const values = new Map<string, unknown>(
    Object.entries(target.InputTransformer?.InputPathsMap ?? {}).map(([name, path]) => [name, valueAt(event, path)]),
  );
  values.set('aws.events.rule-arn', rule.arn);
  values.set('aws.events.rule-name', rule.name);
  values.set('aws.events.event.ingestion-time', event.time);
  values.set('aws.events.event', { ...event, detail: undefined });
  values.set('aws.events.event.json', event);
  let quoted = false;
  let text = '';
  for (const part of template.split(/(\\.|"|<[A-Za-z0-9_.-]+>)/)) {
    const name = /^<(.+)>$/.exec(part)?.[1];
    if (part === '"') quoted = !quoted;
    if (name === undefined || !values.has(name)) text += part;
    else text += written(values.get(name), quoted);
  }
  return text;
}

function written(value: unknown, quoted: boolean): string {
  const json = JSON.stringify(value) ?? (quoted ? '' : 'null');
  if (!quoted) return json;
  return typeof value === 'string' ? json.slice(1, -1) : json.replaceAll('"', '\\"');
}

function valueAt(event: unknown, path: string): unknown {
  let found = event;
  for (const [, name, index] of path.replace(/^\$/, '').matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)) {
    const key = name ?? index ?? '';
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}
