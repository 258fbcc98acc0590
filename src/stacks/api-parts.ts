import type { Api } from '../blueprint/blueprint.ts';
import { fileRoutes } from './file-routes.ts';
import { arn, literal, metadata, sub } from './layer.ts';
import { memberRoutes } from './members/routes.ts';
import { type PathPart, pathPart } from './openapi-body.ts';
import { endpointRoute, entityRoutes, healthRoute, openapiRoute, type Route } from './routes.ts';
import { inputsOf, type Scope } from './scope.ts';
import { stageName } from './stage-name.ts';
import type { TemplateResource } from './template.ts';
import { remembering, type WrittenMembers, writeMembers } from './written.ts';

/** Some routes of the API: described for the gateway, with the permissions to call their functions. */
export interface ApiPart {
  routes: Route[];
  described: PathPart;
  permissions: WrittenMembers<TemplateResource>;
}

const remembered = remembering<ApiPart>();

/**
 * One part per entity, remembered, and one for endpoints, files and health. A path belongs to one part: parts that share one
 * (an endpoint at an entity's own path) become a single part, or one would hide the other's methods.
 */
export function apiParts(scope: Scope, declared: Api): ApiPart[] {
  const origins = declared.cors?.origins;
  const parts: ApiPart[] = [];
  for (const [position, resource] of declared.resources.entries()) {
    const entity = scope.entities.get(resource.entity);
    if (entity === undefined || scope.resources.get(entity) !== resource) continue;
    parts.push(
      remembered(entity, [...inputsOf(scope, entity), position], () =>
        makePart(entityRoutes(scope, entity, resource, position), origins),
      ),
    );
  }
  const members = memberRoutes(scope);
  if (members.length > 0) parts.push(makePart(members, origins));
  const rest = declared.endpoints.map((endpoint, position) => endpointRoute(scope, endpoint, position));
  rest.push(...scope.blueprint.storage.flatMap((storage, position) => fileRoutes(scope, storage, position)));
  rest.push(healthRoute(scope));
  if (declared.openapi !== undefined) rest.push(openapiRoute(scope, declared.openapi));
  parts.push(makePart(rest, origins));
  return withoutRepeatedPaths(parts, origins);
}

function withoutRepeatedPaths(parts: ApiPart[], origins: readonly string[] | undefined): ApiPart[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const part of parts) {
    for (const [path] of part.described.paths.members) {
      if (seen.has(path)) repeated.add(path);
      seen.add(path);
    }
  }
  if (repeated.size === 0) return parts;
  const shares = (part: ApiPart) => part.described.paths.members.some(([path]) => repeated.has(path));
  const together = parts.filter(shares).flatMap((part) => part.routes);
  return [...parts.filter((part) => !shares(part)), makePart(together, origins)];
}

function makePart(routes: Route[], origins: readonly string[] | undefined): ApiPart {
  const permissions = routes.map((route) => [`${route.stem}Permission`, permission(route)] as const);
  return {
    routes,
    described: pathPart(routes, origins),
    permissions: writeMembers(Object.fromEntries(permissions)),
  };
}

/** The API may call the function for this method and path, and for nothing else. */
function permission(route: Route): TemplateResource {
  const path = route.path.replace(/\{[^}]+\}/g, '*');
  return {
    Type: 'AWS::Lambda::Permission',
    Metadata: metadata(`${route.label}-permission`, route.source),
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: route.functionName,
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(arn('execute-api', `\${RestApi}/${stageName}/${route.method}${literal(path)}`)),
    },
  };
}
