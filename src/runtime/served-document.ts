import type { Access } from '../blueprint/blueprint.ts';
import type { ServedDocument } from '../stacks/model.ts';
import { isObject, own, ownText } from './json.ts';
import { Misconfigured } from './misconfigured.ts';

/** Reads the `model.json` of the function behind GET /openapi.json. Throws when it is none. */
export function readServedDocument(value: unknown): ServedDocument {
  const openapi = own(value, 'openapi');
  const access = readAccess(own(value, 'access'));
  if (!isObject(openapi) || access === undefined) throw new Misconfigured('model.json is not a description of an API');
  return { access, openapi };
}

function readAccess(value: unknown): Access | undefined {
  const level = ownText(value, 'level');
  const role = ownText(value, 'role');
  if (level === 'public' || level === 'authenticated') return { level };
  return level === 'role' && role !== undefined ? { level, role } : undefined;
}
