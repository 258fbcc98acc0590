import type { BlueprintPath } from '../blueprint/problem.ts';
import { isOrigin } from './cors.ts';
import type { Route } from './routes.ts';
import type { Scope } from './scope.ts';
import type { CompileProblem } from './stack.ts';

/** Resources (nodes of the path tree) of one REST API. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const resourceLimit = 300;

/** What API Gateway would refuse, or what would open more than the Blueprint says. */
export function apiProblems(scope: Scope, routes: readonly Route[]): CompileProblem[] {
  return [
    ...routeProblems(routes),
    ...treeProblems(routes),
    ...accessProblems(scope, routes),
    ...resourceProblems(scope),
    ...originProblems(scope.blueprint.api?.cors?.origins ?? []),
  ];
}

function error(code: string, message: string, hint: string, path: BlueprintPath): CompileProblem {
  return { code, severity: 'error', message, hint, path };
}

/** One method and path belong to one function. */
function routeProblems(routes: readonly Route[]): CompileProblem[] {
  const seen = new Set<string>();
  return routes.flatMap((route) => {
    const problems: CompileProblem[] = [];
    const name = `${route.method} ${route.path}`;
    if (seen.has(name)) {
      problems.push(error('route-conflict', `${name} is answered twice.`, 'Change one of the paths.', route.at));
    }
    seen.add(name);
    if (!/^(\/([A-Za-z0-9._~,:@-]+|\{[A-Za-z0-9._-]+\+?\}))*\/?$/.test(route.path)) {
      const hint = 'Between slashes write letters, digits, - . _ or one parameter in braces.';
      problems.push(error('bad-path', `API Gateway cannot serve the path ${route.path}.`, hint, route.at));
    }
    return problems;
  });
}

/** At one place of the tree there can be one parameter only, whatever its name, and 300 places at most. */
function treeProblems(routes: readonly Route[]): CompileProblem[] {
  const problems: CompileProblem[] = [];
  const places = new Set<string>(['']);
  const parameters = new Map<string, string>();
  const paths = new Map(routes.map((route) => [route.path, route]));
  for (const route of paths.values()) {
    let place = '';
    for (const segment of route.path.split('/').slice(1)) {
      if (segment.startsWith('{')) {
        const other = parameters.get(place);
        if (other !== undefined && other !== segment) {
          const message = `${route.path} names the part after ${place === '' ? '/' : place} ${segment}; another route calls it ${other}.`;
          problems.push(error('path-parameter-conflict', message, `Write ${other} in both.`, route.at));
        }
        parameters.set(place, other ?? segment);
      }
      place = `${place}/${segment}`;
      places.add(place);
    }
  }
  if (places.size > resourceLimit) {
    const message = `The API has ${places.size} places in its paths; API Gateway allows ${resourceLimit}.`;
    problems.push(error('too-many-paths', message, 'Shorten paths, or split the project in two.', ['api']));
  }
  return problems;
}

/** Nothing becomes public by leaving something out. */
function accessProblems(scope: Scope, routes: readonly Route[]): CompileProblem[] {
  if (scope.blueprint.auth !== undefined) return [];
  const closed = routes.find((route) => route.access.level !== 'public');
  if (closed === undefined) return [];
  const message = `${closed.method} ${closed.path} is for signed-in users, but the Blueprint has no auth.`;
  return [error('access-without-auth', message, 'Add auth, or make it public.', closed.at)];
}

function resourceProblems(scope: Scope): CompileProblem[] {
  const seen = new Set<string>();
  return (scope.blueprint.api?.resources ?? []).flatMap((resource, position) => {
    const path = ['api', 'resources', position];
    const entity = scope.entities.get(resource.entity);
    if (entity === undefined) {
      return [error('unknown-entity', `There is no entity ${resource.entity}.`, 'Add it, or remove its routes.', path)];
    }
    if (seen.has(resource.entity)) {
      const message = `The entity ${resource.entity} has routes twice.`;
      return [error('duplicate-resource', message, 'Put all operations into one of them.', path)];
    }
    seen.add(resource.entity);
    const owned = resource.operations.find(({ access }) => access.level === 'owner');
    if (owned !== undefined && entity.owner_field === undefined) {
      const message = `${owned.operation} of ${entity.name} is for the owner, but ${entity.name} has no owner_field.`;
      return [error('owner-without-field', message, `Add owner_field to ${entity.name}.`, path)];
    }
    return [];
  });
}

function originProblems(origins: readonly string[]): CompileProblem[] {
  return origins.flatMap((origin, position) =>
    isOrigin(origin)
      ? []
      : [
          error('bad-origin', `${origin} is not a web origin.`, 'Write it like https://app.example.com.', [
            'api',
            'cors',
            'origins',
            position,
          ]),
        ],
  );
}
