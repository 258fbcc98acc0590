import type { Access } from '../blueprint/blueprint.ts';
import type { EntityModel } from './model.ts';

/**
 * What the code around a user's function is told: `door.json` in its zip. Who may call stands in the environment
 * (`ROUTE_ACCESS`), so that a change of access is a change of the template that everybody sees.
 */
export interface DoorModel {
  /** Name in `functions:`. */
  function: string;
  /** By method and path as in the API: `POST /v1/tasks/{id}/complete`. */
  routes: Record<string, DoorRoute>;
  /** Entities whose rows the paths name. Of their fields, only what tells whose a row is and how it is shown. */
  entities: EntityModel[];
}

export interface DoorRoute {
  /** The path leads to one row of this entity, which is looked up before the function is called. */
  row?: {
    entity: string;
    /** Who sees such a row through the generated API: to them, the row of another owner is forbidden, not missing. */
    seen_by?: Access;
  };
  /** JSON Schema (draft 2020-12) of the body. */
  request?: Record<string, unknown>;
  /** JSON Schema of the body of an answer that is a success. */
  response?: Record<string, unknown>;
  deprecated?: true;
  /** YYYY-MM-DD */
  sunset?: string;
}
