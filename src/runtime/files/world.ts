import type { Signer } from './signer.ts';

/** What the functions of a storage need of the world around them. */
export interface FileWorld {
  objects: FileObjects;
  signer: Signer;
  now(): Date;
  newId(): string;
}

/** The bucket of a storage. */
export interface FileObjects {
  /** Undefined where there is none. */
  look(key: string): Promise<ObjectFacts | undefined>;
  /** Keys with a prefix in their order, after another one; `more` when the page is not the last. */
  list(prefix: string, after: string | undefined, limit: number): Promise<{ objects: ListedObject[]; more: boolean }>;
  remove(key: string): Promise<void>;
}

export interface ObjectFacts {
  /** Bytes. */
  size: number;
  type: string;
  created: Date;
}

export interface ListedObject {
  key: string;
  size: number;
  created: Date;
}
