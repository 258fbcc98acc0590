import { createHash } from 'node:crypto';
import { safeFilename } from './file-name.ts';

/**
 * Where a file is: `files/<tenant or _>/<user>/<id>/<file name>`. The name is in the key, so that a list needs no call
 * for each file. Tenant and user are what the token says (`segmentOf`). Functions of the user's may put files at such
 * places, and find them there.
 */
export interface FilePlace {
  tenant: string;
  owner: string;
  /** A UUID: ours are of version 7, so that the files of a user sort by the time of their upload. */
  random: string;
  filename: string;
}

/** What every key of the API's begins with. The same in the templates; a test keeps the two together. */
export const filesPrefix = 'files/';
/** In place of the tenant where there are no tenants. */
export const noTenant = '_';

const plain = /^[A-Za-z0-9_-]{1,128}$/;
const segment = /^(?:[A-Za-z0-9_-]{1,128}|~[A-Za-z0-9_-]{43})$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id as a part of a key: as it is where it can stand there (a UUID can), else by its hash. */
export function segmentOf(id: string): string {
  if (plain.test(id) && id !== noTenant) return id;
  return `~${createHash('sha256').update(id).digest('base64url')}`;
}

export function keyOf(place: FilePlace): string {
  return `${prefixOf(place.tenant, place.owner)}${place.random}/${place.filename}`;
}

/** What the keys of a tenant, or of one of its users, begin with. */
export function prefixOf(tenant: string, owner?: string): string {
  return `${filesPrefix}${tenant}/${owner === undefined ? '' : `${owner}/`}`;
}

/** Undefined for what is no key of the API's: something that a function put there. */
export function placeOfKey(key: string): FilePlace | undefined {
  return key.startsWith(filesPrefix) ? readPlace(key.slice(filesPrefix.length)) : undefined;
}

/** The id that callers know a file by: the place, as one word for a path. */
export function idOf(place: FilePlace): string {
  return Buffer.from(keyOf(place).slice(filesPrefix.length)).toString('base64url');
}

/**
 * Undefined for what is no id. Each id has one spelling and names one key below `files/`, whatever it was made of:
 * whose file that is, is for the caller of this to compare with the token.
 */
export function placeOfId(id: string): FilePlace | undefined {
  if (!/^[A-Za-z0-9_-]{1,800}$/.test(id)) return undefined;
  const place = readPlace(Buffer.from(id, 'base64url').toString('utf8'));
  return place !== undefined && idOf(place) === id ? place : undefined;
}

function readPlace(text: string): FilePlace | undefined {
  const [tenant = '', owner = '', random = '', filename = '', ...more] = text.split('/');
  if (more.length > 0 || !segment.test(tenant) || !segment.test(owner) || !uuid.test(random)) return undefined;
  return safeFilename(filename) === filename ? { tenant, owner, random, filename } : undefined;
}
