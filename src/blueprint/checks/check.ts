import type { Draft } from '../draft.ts';
import type { EntityDraft } from '../entity-draft.ts';
import type { Finding } from '../finding.ts';
import type { Outline } from '../outline.ts';
import type { WorkspaceFacts } from '../parse.ts';

/** What a check that looks across the Blueprint works on. */
export interface CheckContext {
  draft: Draft;
  outline: Outline;
  /** Entities by name, the first of a name. */
  entities: ReadonlyMap<string, EntityDraft>;
  workspace?: WorkspaceFacts;
}

/** A family of rules across the whole Blueprint. */
export type Check = (context: CheckContext) => Finding[];

/** What of the Blueprint around it an entity's own rules depend on. */
export interface EntitySurroundings {
  /** The tenant field of this entity, where it has one. */
  tenantField?: string;
}

/** A family of rules inside one entity. Paths count from the entity. */
export type EntityCheck = (entity: EntityDraft, surroundings: EntitySurroundings) => Finding[];
