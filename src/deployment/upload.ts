import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { Artifact, Stack } from '../stacks/stack.ts';
import { keys } from './names.ts';
import { type ArtifactSource, type Clock, type Failure, isFailure, type ObjectStore } from './ports.ts';
import { withRetries } from './retry.ts';

/** Transfers at the same time. */
const parallel = 8;

export type UploadOutcome = { status: 'stored' } | { status: 'failed'; reason: string };

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Where a stack's template lies in the bucket. */
export function templateKey(stack: Stack): string {
  return keys.template(sha256(stack.body));
}

/**
 * Puts things into the bucket under keys made of their content, each once however often it is asked for. What is
 * there already is neither built nor sent again.
 */
export class Uploads {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #fresh: boolean;
  readonly #limit = pLimit(parallel);
  readonly #started = new Map<string, Promise<UploadOutcome>>();
  readonly #progress: (done: number, all: number) => void;
  #done = 0;

  /** `fresh`: the bucket was made a moment ago, so that nothing needs to be looked for. */
  constructor(store: ObjectStore, clock: Clock, fresh: boolean, progress: (done: number, all: number) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#fresh = fresh;
    this.#progress = progress;
  }

  /** A template, or the text of a Blueprint. */
  text(key: string, text: string, contentType: string): Promise<UploadOutcome> {
    return this.#once(key, async () => this.#put(key, Buffer.from(text), contentType));
  }

  bytes(key: string, bytes: Uint8Array, contentType: string): Promise<UploadOutcome> {
    return this.#once(key, () => this.#put(key, bytes, contentType));
  }

  artifact(artifact: Artifact, source: ArtifactSource): Promise<UploadOutcome> {
    const { key } = artifact;
    return this.#once(key, async () => {
      if (!this.#fresh) {
        const head = await withRetries(this.#clock, () => this.#store.head(key));
        if (isFailure(head)) return failed(key, head);
        if (head.status === 'found') return { status: 'stored' };
      }
      const built = await source.build(artifact);
      if (built.status === 'failed') {
        const { message, hint } = built.problem;
        return { status: 'failed', reason: hint === undefined ? message : `${message} ${hint}` };
      }
      return this.#put(key, built.bytes, 'application/zip');
    });
  }

  #once(key: string, store: () => Promise<UploadOutcome>): Promise<UploadOutcome> {
    let upload = this.#started.get(key);
    if (upload === undefined) {
      upload = this.#limit(store).then((outcome) => {
        this.#done += 1;
        this.#progress(this.#done, this.#started.size);
        return outcome;
      });
      this.#started.set(key, upload);
    }
    return upload;
  }

  async #put(key: string, body: Uint8Array, contentType: string): Promise<UploadOutcome> {
    const written = await withRetries(this.#clock, () => this.#store.putIfAbsent(key, body, contentType));
    return isFailure(written) ? failed(key, written) : { status: 'stored' };
  }
}

function failed(key: string, failure: Failure): UploadOutcome {
  return { status: 'failed', reason: `${key} could not be stored in the bucket: ${failure.message}` };
}
