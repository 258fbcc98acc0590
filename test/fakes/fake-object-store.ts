import { createHash } from 'node:crypto';
import type { Clock, Failure, ObjectStore } from '../../src/deployment/ports.ts';

/** What a test wants to go wrong: asked before each call, by its name (`PutObject templates/…`, `CreateStack name`). */
export type Faults = (call: string) => Failure | undefined;

/** A fault, whether the call does its work before its answer gets lost. */
export const lostAnswer: Failure = { status: 'unreachable', code: 'ECONNRESET', message: 'the answer got lost' };

interface StoredObject {
  body: Uint8Array;
  etag: string;
}

/** S3 in memory: buckets come and go with the stacks that hold them; conditional writes are atomic. */
export class FakeS3 {
  readonly buckets = new Map<string, Map<string, StoredObject>>();
  readonly calls: string[] = [];
  faults: Faults = () => undefined;
  readonly #clock: Clock;
  readonly #latency: number;

  constructor(clock: Clock, latency = 20) {
    this.#clock = clock;
    this.#latency = latency;
  }

  read(bucket: string, key: string): string | undefined {
    const object = this.buckets.get(bucket)?.get(key);
    return object === undefined ? undefined : new TextDecoder().decode(object.body);
  }

  readUrl(url: string): string | undefined {
    const { pathname } = new URL(url);
    const [bucket = '', ...key] = decodeURIComponent(pathname).slice(1).split('/');
    return this.read(bucket, key.join('/'));
  }

  bucket(name: string): ObjectStore {
    return {
      bucket: name,
      url: (key) => `https://s3.fake/${name}/${key}`,
      putIfAbsent: (key, body) =>
        this.#call(`PutObject ${key}`, () => {
          const objects = this.buckets.get(name);
          if (objects === undefined) return noBucket;
          return objects.has(key) ? { status: 'exists' } : write(objects, key, body);
        }),
      putIfMatch: (key, body, _type, etag) =>
        this.#call(`PutObject ${key}`, () => {
          const objects = this.buckets.get(name);
          if (objects === undefined) return noBucket;
          return objects.get(key)?.etag === etag ? write(objects, key, body) : { status: 'changed' };
        }),
      get: (key) =>
        this.#call(`GetObject ${key}`, () => {
          const object = this.buckets.get(name)?.get(key);
          return object === undefined ? { status: 'absent' } : { status: 'found', ...object };
        }),
      head: (key) =>
        this.#call(`HeadObject ${key}`, () => {
          const object = this.buckets.get(name)?.get(key);
          if (object === undefined) return { status: 'absent' };
          return { status: 'found', etag: object.etag, size: object.body.length };
        }),
      list: (prefix) =>
        this.#call(`ListObjects ${prefix}`, () => {
          const objects = this.buckets.get(name);
          if (objects === undefined) return { status: 'no-bucket' };
          return { status: 'found', keys: [...objects.keys()].filter((key) => key.startsWith(prefix)).sort() };
        }),
    };
  }

  async #call<Outcome>(name: string, work: () => Outcome): Promise<Outcome | Failure> {
    this.calls.push(name);
    await this.#clock.sleep(this.#latency);
    const fault = this.faults(name);
    if (fault === undefined) return work();
    if (fault === lostAnswer) work();
    return fault;
  }
}

const noBucket: Failure = { status: 'rejected', code: 'NoSuchBucket', message: 'The specified bucket does not exist' };

function write(objects: Map<string, StoredObject>, key: string, body: Uint8Array) {
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  objects.set(key, { body: Uint8Array.from(body), etag });
  return { status: 'written' as const, etag };
}
