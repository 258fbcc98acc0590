import { randomBytes } from 'node:crypto';

/**
 * A UUID of version 7: 48 bits of milliseconds since 1970, then random bits, so that ids sort by the time at which
 * they were made. https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function newId(milliseconds: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
