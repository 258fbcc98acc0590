import { isObject, type Json } from './json.ts';
import type { ParameterValues } from './template/parameters.ts';

const mask = '****';
/** Shorter secrets are masked only where they are the whole value: a `1` is found in every number. */
const findable = 4;

/**
 * A value as it may be shown: NoEcho parameters masked, also within longer text. For events and change sets, which
 * anyone who may look at the stack can read.
 */
export function withoutSecrets(value: Json, ...parameters: readonly ParameterValues[]): Json {
  const secrets = parameters
    .flatMap((values) => [...values.values()])
    .flatMap(({ noEcho, text, resolved }) => (noEcho ? [text, resolved ?? ''] : []))
    .filter((text) => text !== '');
  return secrets.length === 0 ? value : masked(value, secrets);
}

function masked(value: Json, secrets: readonly string[]): Json {
  if (typeof value === 'string') {
    if (secrets.includes(value)) return mask;
    const within = secrets.filter((secret) => secret.length >= findable);
    return within.reduce((text, secret) => text.replaceAll(secret, mask), value);
  }
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, secrets)]));
}
