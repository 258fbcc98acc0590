import type { ApiEndpoint } from '../../blueprint/blueprint.ts';
import { pascal, sha256 } from '../names.ts';
import type { ApiOperation } from './operation.ts';

/** A hand-written endpoint: its contract is in the Blueprint. */
export function endpointOperation(endpoint: ApiEndpoint, shared: boolean): ApiOperation {
  const { method, path, function: name, request, response, description } = endpoint;
  const id = pascal(name).replace(/^./, (first) => first.toLowerCase());
  const hasBody = request !== undefined && method !== 'GET' && method !== 'DELETE';
  return {
    method,
    path,
    // Two endpoints may be answered by one function.
    id: shared ? `${id}_${sha256(`${method} ${path}`).slice(0, 8)}` : id,
    summary: description ?? `${method} ${path}`,
    tag: name,
    access: endpoint.access,
    ...(hasBody ? { request } : {}),
    success: {
      status: 200,
      description: 'What the function answers.',
      ...(response === undefined ? {} : { schema: response }),
    },
    problems: [...(hasBody ? ([400, 413, 415] as const) : []), 404],
    ...(endpoint.deprecated ? { deprecated: true } : {}),
    ...(endpoint.sunset === undefined ? {} : { sunset: endpoint.sunset }),
  };
}
