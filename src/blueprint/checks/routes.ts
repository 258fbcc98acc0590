import type { Finding } from '../finding.ts';
import type { BlueprintPath } from '../problem.ts';
import { basePathOf, type RouteSegment, readPath, routeKey } from '../route-path.ts';
import type { Operation } from '../schema.ts';
import { type FileOperation, fileOperationsOf, filesPathOf } from '../storage.ts';
import type { Check, CheckContext } from './check.ts';
import { keySegments } from './row-path.ts';

interface Route {
  method: string;
  segments: readonly RouteSegment[];
  /** What it is, for a message. */
  what: string;
  path: BlueprintPath;
  /** Its parameters are not written in the Blueprint, so they cannot be written otherwise. */
  generated?: true;
  /** Of a route that Backdrift answers itself: why it is taken. */
  reserved?: string;
}

const purposes = {
  health: 'it says whether the backend is up',
  'openapi.json': 'it describes the API, as `api.openapi` says',
};

/** A route that Backdrift answers itself. */
function reserved(name: keyof typeof purposes, path: BlueprintPath): Route {
  return {
    method: 'GET',
    segments: [{ kind: 'literal', text: name }],
    what: `GET /${name}`,
    path,
    reserved: `GET /${name} is there already: ${purposes[name]}.`,
  };
}

/** Methods of the generated operations, and whether they are about one row. */
const generated: Record<Operation, { method: string; item: boolean }> = {
  list: { method: 'GET', item: false },
  create: { method: 'POST', item: false },
  get: { method: 'GET', item: true },
  update: { method: 'PATCH', item: true },
  delete: { method: 'DELETE', item: true },
};

const ofFiles: Record<FileOperation, { method: string; item: boolean }> = {
  upload: { method: 'POST', item: false },
  list: { method: 'GET', item: false },
  get: { method: 'GET', item: true },
  delete: { method: 'DELETE', item: true },
};

/** Paths are well formed, and no two routes are the same or in each other's way. */
export const checkRoutes: Check = ({ draft, entities, outline }) => {
  const findings: Finding[] = [];
  const routes: Route[] = [reserved('health', ['api'])];
  if (draft.api?.settings?.openapi !== undefined) routes.push(reserved('openapi.json', ['api', 'openapi']));
  const rows: Route[] = [];
  const served = new Map<string, BlueprintPath>();
  for (const { path, value } of draft.api?.resources ?? []) {
    if (served.has(value.entity)) {
      findings.push({
        code: 'duplicate-resource',
        message: `\`${value.entity}\` has routes already.`,
        hint: 'Keep one resource for each entity, and add endpoints for the rest.',
        path: [...path, 'entity'],
      });
      continue;
    }
    served.set(value.entity, path);
    const at = [...path, 'base_path'];
    const reading = readBasePath(basePathOf(value), at);
    if (!reading.ok) {
      findings.push(reading.finding);
      continue;
    }
    const key = keySegments(entities.get(value.entity));
    // Whether or not one row is offered: what follows the base path is its key, by which others look it up.
    rows.push({ method: '', segments: [...reading.segments, ...key], what: `a row of \`${value.entity}\``, path: at });
    for (const operation of value.operations) {
      const { method, item } = generated[operation];
      const segments = item ? [...reading.segments, ...key] : reading.segments;
      routes.push({ method, segments, what: `\`${operation}\` of \`${value.entity}\``, path: at, generated: true });
    }
  }
  routes.push(...impliedRoutes(draft.api?.resources ?? [], outline.tenancy));
  for (const { path, value } of draft.api === undefined ? [] : draft.storage) {
    const at = [...path, value.base_path === undefined ? 'name' : 'base_path'];
    const reading = readBasePath(filesPathOf(value), at);
    if (!reading.ok) {
      findings.push(reading.finding);
      continue;
    }
    for (const { operation } of fileOperationsOf(value, outline.hasAuth)) {
      const { method, item } = ofFiles[operation];
      const segments = item ? [...reading.segments, fileParameter] : reading.segments;
      routes.push({
        method,
        segments,
        what: `\`${operation}\` of the storage \`${value.name}\``,
        path: at,
        generated: true,
      });
    }
  }
  for (const { path, value } of draft.api?.endpoints ?? []) {
    const reading = readPath(value.path);
    if (!reading.ok) findings.push(pathFinding(reading, [...path, 'path']));
    else {
      const what = `${value.method} ${value.path}`;
      routes.push({ method: value.method, segments: reading.segments, what, path: [...path, 'path'] });
    }
  }
  return [...findings, ...sameRoutes(routes), ...parameterConflicts([...rows, ...routes])];
};

/** Routes that follow from `tenancy`: of a tenant that has none, and of its members. */
function impliedRoutes(
  resources: NonNullable<CheckContext['draft']['api']>['resources'],
  { tenantEntity, memberEntity }: CheckContext['outline']['tenancy'],
): Route[] {
  if (tenantEntity === undefined || memberEntity === undefined) return [];
  const listed = resources.find(({ value }) => value.entity === tenantEntity);
  const reading = readPath(basePathOf(listed?.value ?? { entity: tenantEntity }));
  if (!reading.ok) return [];
  const path = listed === undefined ? ['tenancy', 'tenant_entity'] : [...listed.path, 'base_path'];
  const literal = (text: string): RouteSegment => ({ kind: 'literal', text });
  const parameter = (name: string): RouteSegment => ({ kind: 'parameter', name });
  const route = (method: string, what: string, ...more: RouteSegment[]): Route => ({
    method,
    segments: [...reading.segments, ...more],
    what,
    path,
  });
  const one = parameter('id');
  const members = [one, literal('members')];
  const member = [...members, parameter('user_id')];
  const ofMembers = [
    route('GET', `the list of \`${memberEntity}\``, ...members),
    route('POST', `the invitation of a \`${memberEntity}\``, ...members),
    route('POST', `the acceptance of an invitation`, ...members, literal('accept')),
    route('PATCH', `the role of a \`${memberEntity}\``, ...member),
    route('DELETE', `the removal of a \`${memberEntity}\``, ...member),
    route('GET', `the list of one’s invitations`, literal('invitations')),
  ];
  if (listed !== undefined) return ofMembers;
  return [
    route('POST', `\`create\` of \`${tenantEntity}\``),
    route('GET', `\`get\` of \`${tenantEntity}\``, one),
    route('PATCH', `\`update\` of \`${tenantEntity}\``, one),
    ...ofMembers,
  ];
}

const fileParameter: RouteSegment = { kind: 'parameter', name: 'id' };

function readBasePath(
  written: string,
  at: BlueprintPath,
): { ok: true; segments: RouteSegment[] } | { ok: false; finding: Finding } {
  const reading = readPath(written);
  if (!reading.ok) return { ok: false, finding: pathFinding(reading, at) };
  if (reading.segments.every(({ kind }) => kind === 'literal')) return reading;
  const finding: Finding = {
    code: 'bad-path',
    message: 'A base path has no parameters.',
    hint: 'Write a plain path such as `/v1/tasks`, and add endpoints for nested routes.',
    path: at,
  };
  return { ok: false, finding };
}

function pathFinding(reading: Extract<ReturnType<typeof readPath>, { ok: false }>, path: BlueprintPath): Finding {
  const { message, hint, span, better } = reading;
  if (better !== undefined) return { code: 'bad-path', message, hint, path, replacement: { text: better } };
  return { code: 'bad-path', message, hint, path, span };
}

function sameRoutes(routes: readonly Route[]): Finding[] {
  const findings: Finding[] = [];
  const first = new Map<string, Route>();
  const told = new Set<string>();
  for (const route of routes) {
    const key = `${route.method} ${routeKey(route.segments)}`;
    const earlier = first.get(key);
    const place = route.path.join('.');
    if (earlier === undefined) first.set(key, route);
    else if (earlier.path !== route.path && !told.has(place)) {
      told.add(place);
      findings.push({
        code: earlier.reserved === undefined ? 'duplicate-route' : 'reserved-route',
        message:
          earlier.reserved ?? `${route.method} ${written(route.segments)} is there already: it is ${earlier.what}.`,
        hint: 'Choose another path or method.',
        path: route.path,
      });
    }
  }
  return findings;
}

/** API Gateway allows one name for the parameter at a place: `/tasks/{id}` and `/tasks/{task_id}/notes` cannot both be. */
function parameterConflicts(routes: readonly Route[]): Finding[] {
  const names = new Map<string, { name: string; what: string }>();
  const findings: Finding[] = [];
  const told = new Set<BlueprintPath>();
  for (const route of routes) {
    for (const [index, segment] of route.segments.entries()) {
      if (segment.kind === 'literal') continue;
      const place = routeKey(route.segments.slice(0, index + 1));
      const earlier = names.get(place);
      if (earlier === undefined) names.set(place, { name: segment.name, what: route.what });
      else if (earlier.name !== segment.name) {
        if (told.has(route.path)) break;
        told.add(route.path);
        findings.push({
          code: 'path-parameter-conflict',
          message: `\`{${segment.name}}\` stands where ${earlier.what} has \`{${earlier.name}}\`: API Gateway allows one name there.`,
          path: route.path,
          ...(route.generated === true
            ? { hint: 'Choose another base path.' }
            : {
                hint: `Write \`{${earlier.name}}\`.`,
                replacement: { text: written(route.segments).replace(`{${segment.name}}`, `{${earlier.name}}`) },
              }),
        });
        break;
      }
    }
  }
  return findings;
}

function written(segments: readonly RouteSegment[]): string {
  return segments.map((segment) => (segment.kind === 'literal' ? `/${segment.text}` : `/{${segment.name}}`)).join('');
}
