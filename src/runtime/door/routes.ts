import type { Access } from '../../blueprint/blueprint.ts';
import type { DoorModel, DoorRoute } from '../../stacks/door-model.ts';
import { prepareEntity, type RuntimeEntity } from '../entity.ts';
import { isObject, own, ownText, parseJson } from '../json.ts';
import { Misconfigured } from '../misconfigured.ts';
import { type Contract, contractOf } from './contract.ts';
import { announcements } from './deprecation.ts';

/** A route of the function, made ready once when it starts. */
export interface Route {
  /** `POST /v1/tasks/{id}/complete` */
  name: string;
  access: Access;
  row?: NamedRow;
  request?: Contract;
  response?: Contract;
  /** Sent with every answer: Deprecation, Sunset. */
  headers: Readonly<Record<string, string>>;
}

/** The row that a route's path leads to. */
export interface NamedRow {
  entity: RuntimeEntity;
  /** Who sees such a row through the generated API. */
  seenBy?: Access;
}

export interface Routes {
  /** The function's name in the Blueprint. */
  function: string;
  byName: ReadonlyMap<string, Route>;
}

/**
 * Reads `door.json` and `ROUTE_ACCESS`. Throws when they do not say of every route who may call: an unlocked door is
 * worse than none.
 */
export function prepareRoutes(model: unknown, access: string | undefined): Routes {
  if (!isDoorModel(model)) throw new Misconfigured('door.json does not describe a function behind the API');
  const levels = access === undefined ? undefined : parseJson(access);
  const rows = new Map(
    model.entities.map((entity): [string, NamedRow] => [entity.entity.name, { entity: prepareEntity(entity) }]),
  );
  const routes = Object.entries(model.routes).map(([name, route]): [string, Route] => {
    const level = own(levels, name);
    if (!isAccess(level)) throw new Misconfigured(`ROUTE_ACCESS does not say who may call ${name}`);
    return [name, routeOf(name, route, level, rows)];
  });
  return { function: model.function, byName: new Map(routes) };
}

function routeOf(name: string, route: DoorRoute, access: Access, rows: ReadonlyMap<string, NamedRow>): Route {
  const row = route.row && rows.get(route.row.entity);
  if (route.row && !row) throw new Misconfigured(`door.json lacks the entity whose row ${name} is about`);
  if (access.level === 'owner' && !row?.entity.owner)
    throw new Misconfigured(`door.json does not say whose row ${name} is about`);
  const seenBy = route.row?.seen_by;
  return {
    name,
    access,
    ...(row ? { row: { ...row, ...(isAccess(seenBy) ? { seenBy } : {}) } } : {}),
    ...(route.request ? { request: contractOf(route.request) } : {}),
    ...(route.response ? { response: contractOf(route.response) } : {}),
    headers: announcements(route),
  };
}

function isAccess(value: unknown): value is Access {
  const level = ownText(value, 'level');
  if (level === 'role') return (ownText(value, 'role') ?? '') !== '';
  return level === 'public' || level === 'authenticated' || level === 'owner';
}

/** The build writes the model from checked types; this tells a file of ours from any other, not more. */
function isDoorModel(value: unknown): value is DoorModel {
  const routes = own(value, 'routes');
  return (
    ownText(value, 'function') !== undefined &&
    isObject(routes) &&
    Object.values(routes).every(isObject) &&
    Array.isArray(own(value, 'entities'))
  );
}
