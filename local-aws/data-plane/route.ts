import type { Method, Resource } from '@aws-sdk/client-api-gateway';

export interface Route {
  resource: Resource;
  method: Method;
  /** Percent-encoded as they came: a REST API does not decode path parameters. */
  pathParameters: Record<string, string>;
}

/**
 * The way from a method and a path to a resource. At each segment a literal wins over a parameter, and a parameter over
 * `{name+}`, which takes all the rest; the path chooses the resource, the method comes after it, with ANY as its
 * last resort. A slash at the end means nothing.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export class Router {
  readonly #root: Node = node();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      if (!resource.path || Object.keys(resource.resourceMethods ?? {}).length === 0) continue;
      let here = this.#root;
      for (const part of segments(resource.path)) here = child(here, part);
      here.resource = resource;
    }
  }

  /** `path` as it was requested, without the stage and without the query. */
  find(httpMethod: string, path: string): Route | undefined {
    const found = match(this.#root, segments(path), 0);
    const methods = found?.resource.resourceMethods ?? {};
    const method = own(methods, httpMethod) ?? own(methods, 'ANY');
    return (
      found && method && { resource: found.resource, method, pathParameters: Object.fromEntries(found.parameters) }
    );
  }
}

interface Node {
  literals: Map<string, Node>;
  parameters: { name: string; node: Node }[];
  greedy?: { name: string; node: Node };
  resource?: Resource;
}

interface Match {
  resource: Resource;
  parameters: [string, string][];
}

function node(): Node {
  return { literals: new Map(), parameters: [] };
}

function child(here: Node, part: string): Node {
  const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
  if (greedy !== undefined) {
    here.greedy ??= { name: greedy, node: node() };
    return here.greedy.node;
  }
  const parameter = /^\{(.+)\}$/.exec(part)?.[1];
  if (parameter !== undefined) {
    const known = here.parameters.find(({ name }) => name === parameter);
    if (known) return known.node;
    const made = { name: parameter, node: node() };
    here.parameters.push(made);
    return made.node;
  }
  const known = here.literals.get(part);
  if (known) return known;
  const made = node();
  here.literals.set(part, made);
  return made;
}

function segments(path: string): string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

function match(here: Node, parts: readonly string[], at: number): Match | undefined {
  const part = parts[at];
  if (part === undefined) return here.resource && { resource: here.resource, parameters: [] };
  const literal = here.literals.get(part);
  const exact = literal && match(literal, parts, at + 1);
  if (exact) return exact;
  if (part !== '')
    for (const { name, node: next } of here.parameters) {
      const found = match(next, parts, at + 1);
      if (found) return { ...found, parameters: [[name, part], ...found.parameters] };
    }
  const rest = here.greedy?.node.resource;
  return rest && { resource: rest, parameters: [[here.greedy?.name ?? 'proxy', parts.slice(at).join('/')]] };
}

function own<Value>(values: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
