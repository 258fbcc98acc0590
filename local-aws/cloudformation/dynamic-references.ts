import type { Json } from './json.ts';
import { isObject } from './json.ts';

/** Finds the value behind the text between `{{resolve:` and `}}`; undefined when there is none. */
export type DynamicLookup = (service: string, reference: string) => Promise<string | undefined>;

const pattern = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}/g;

/**
 * Properties with `{{resolve:ssm:…}}`, `{{resolve:ssm-secure:…}}` and `{{resolve:secretsmanager:…}}` filled in. The
 * stack keeps the text, only the provider is given the value, so that no secret shows in events and change sets.
 * @throws Error naming the reference that leads nowhere.
 */
export async function resolveDynamicReferences<T extends Json>(value: T, lookup: DynamicLookup): Promise<T>;
export async function resolveDynamicReferences(value: Json, lookup: DynamicLookup): Promise<Json> {
  if (typeof value === 'string') return value.includes('{{resolve:') ? fill(value, lookup) : value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveDynamicReferences(item, lookup)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, item]): Promise<[string, Json]> => [key, await resolveDynamicReferences(item, lookup)],
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function fill(text: string, lookup: DynamicLookup): Promise<string> {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, service = '', reference = ''] = match;
    const value = await lookup(service, reference);
    if (value === undefined) throw new Error(`Could not resolve the dynamic reference ${whole}.`);
    result += text.slice(end, match.index) + value;
    end = match.index + whole.length;
  }
  return result + text.slice(end);
}
