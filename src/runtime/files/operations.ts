import type { FileOperation } from '../../blueprint/storage.ts';
import type { FileModel } from '../../stacks/file-model.ts';
import type { Answer, Problem } from '../answer.ts';
import type { Call } from '../event.ts';
import type { FileScope } from './access.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { upload } from './upload.ts';
import type { FileWorld } from './world.ts';

/** A call that may be carried out. */
export interface FileRequest {
  model: FileModel;
  call: Call;
  scope: Exclude<FileScope, Problem>;
}

export type FileAnswer = Answer | { kind: 'redirect'; location: string };

export type RunFiles = (request: FileRequest, world: FileWorld) => Promise<FileAnswer>;

export const fileRuns: Readonly<Record<FileOperation, RunFiles>> = { upload, list, get, delete: remove };
