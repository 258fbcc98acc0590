import type { FileObjects } from '../../src/runtime/files/world.ts';

/** A bucket in memory, listed as S3 lists: in the order of the keys' bytes. */
export class MemoryFiles implements FileObjects {
  readonly kept = new Map<string, { bytes: Uint8Array; type: string; created: Date }>();
  /** Every key and prefix that was asked for. */
  readonly asked: string[] = [];

  put(key: string, text = 'x', type = 'text/plain'): void {
    this.kept.set(key, { bytes: Buffer.from(text), type, created: new Date('2030-01-02T03:04:05Z') });
  }

  async look(key: string) {
    this.asked.push(key);
    const found = this.kept.get(key);
    return found && { size: found.bytes.length, type: found.type, created: found.created };
  }

  async list(prefix: string, after: string | undefined, limit: number) {
    this.asked.push(prefix);
    const keys = [...this.kept.keys()]
      .filter(
        (key) =>
          key.startsWith(prefix) && (after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0),
      )
      .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    const objects = keys.slice(0, limit).map((key) => {
      const { bytes, created } = this.kept.get(key) ?? { bytes: new Uint8Array(), created: new Date(0) };
      return { key, size: bytes.length, created };
    });
    return { objects, more: keys.length > limit };
  }

  async remove(key: string) {
    this.asked.push(key);
    this.kept.delete(key);
  }
}
