import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parseJson } from './json.ts';
import type { KeyValue } from './list-question.ts';

/** Bytes of the MAC in front of a cursor. It is the cipher's starting value as well, which takes just as many. */
const macBytes = 16;
const cipher = 'aes-256-ctr';

/** What a cursor belongs to. */
export interface CursorScope {
  /**
   * The table's own name. CloudFormation ends it in random characters and no answer holds it, so what is derived from
   * it is known to the functions of this table only.
   */
  table: string;
  /** The list: its entity, what it asks, its order and whose rows it shows. A cursor of another list is none of this one. */
  list: string;
}

/**
 * Where the next page begins, as a text that tells nothing and cannot be made or changed by others. The values are
 * encrypted because the next page may begin after a row that the caller must not see. The MAC over list and values is
 * the starting value of the cipher (a synthetic initialization vector, as in RFC 5297), so equal places have equal cursors.
 */
export function sealCursor(scope: CursorScope, place: readonly KeyValue[]): string {
  const text = Buffer.from(JSON.stringify(place.map(toJson)));
  const mac = macOf(scope, text);
  const encryption = createCipheriv(cipher, keyOf(scope, 'encrypt'), mac);
  return Buffer.concat([mac, encryption.update(text), encryption.final()]).toString('base64url');
}

/** The values in a cursor; undefined when it is not one of this list. */
export function openCursor(scope: CursorScope, cursor: string): KeyValue[] | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  // Several texts decode to the same bytes; one of them is the cursor.
  if (bytes.length <= macBytes || bytes.toString('base64url') !== cursor) return undefined;
  const mac = bytes.subarray(0, macBytes);
  const decryption = createDecipheriv(cipher, keyOf(scope, 'encrypt'), mac);
  const text = Buffer.concat([decryption.update(bytes.subarray(macBytes)), decryption.final()]);
  if (!timingSafeEqual(mac, macOf(scope, text))) return undefined;
  const place = parseJson(text.toString('utf8'));
  return Array.isArray(place) ? place.flatMap(fromJson) : undefined;
}

function macOf(scope: CursorScope, text: Buffer): Buffer {
  const list = createHash('sha256').update(scope.list).digest();
  return createHmac('sha256', keyOf(scope, 'authenticate')).update(list).update(text).digest().subarray(0, macBytes);
}

function keyOf({ table }: CursorScope, purpose: string): Buffer {
  return createHmac('sha256', table).update(`backdrift cursor: ${purpose}`).digest();
}

/** JSON has no bigint: it is text in a list of its own. */
function toJson(value: KeyValue): unknown {
  return typeof value === 'bigint' ? [String(value)] : value;
}

function fromJson(value: unknown): KeyValue[] {
  if (typeof value === 'string' || typeof value === 'number') return [value];
  return Array.isArray(value) && typeof value[0] === 'string' ? [BigInt(value[0])] : [];
}
