import type { Operation } from '../blueprint/schema.ts';
import type { Answer } from './answer.ts';
import { create } from './create.ts';
import type { RuntimeEntity } from './entity.ts';
import type { Call } from './event.ts';
import { get } from './get.ts';
import type { Guard } from './guard.ts';
import { list } from './list.ts';
import { dissolve } from './members/dissolve.ts';
import { found } from './members/found.ts';
import { remove } from './remove.ts';
import { update } from './update.ts';
import type { World } from './world.ts';

/** A call that may be carried out, with what must hold for the rows that it touches. */
export interface Request {
  call: Call;
  guards: readonly Guard[];
  /** What the token says of a new row: its tenant, its owner. */
  owned: Readonly<Record<string, string>>;
}

export type Run = (entity: RuntimeEntity, request: Request, world: World) => Promise<Answer>;

export const runs: Readonly<Record<Operation, Run>> = {
  list,
  create: createOrFound,
  get,
  update,
  delete: removeOrDissolve,
};

function createOrFound(...[entity, request, world]: Parameters<Run>): Promise<Answer> {
  const { createsTenant } = entity;
  return createsTenant === undefined ? create(entity, request, world) : found(entity, createsTenant, request, world);
}

function removeOrDissolve(...[entity, request, world]: Parameters<Run>): Promise<Answer> {
  const { createsTenant } = entity;
  return createsTenant === undefined ? remove(entity, request, world) : dissolve(entity, createsTenant, request, world);
}
