import { type Layer, layers, type ParameterSource, type Stack } from './stack.ts';

/**
 * What must come before a layer although no parameter says so:
 * - the API refers to functions by name, and permission to call one can only be given when it is there;
 * - the frontend calls the API and signs users in, so a page that went out before them would be broken. It also makes
 *   the frontend go first when everything is destroyed (frontend → API → functions → database, auth).
 */
const orderings: Partial<Record<Layer, readonly Layer[]>> = {
  api: ['lambda'],
  amplify: ['cognito', 'api'],
};

/** The layers that a stack waits for: those whose outputs it takes, and the orderings above; only present ones. */
export function dependenciesOf(
  layer: Layer,
  parameters: Record<string, ParameterSource>,
  present: ReadonlySet<Layer>,
): Layer[] {
  const needed = new Set<Layer>(orderings[layer]);
  for (const source of Object.values(parameters)) {
    if (source.from === 'output') needed.add(source.layer);
  }
  return layers.filter((candidate) => needed.has(candidate) && present.has(candidate));
}

type Node = Pick<Stack, 'layer' | 'dependsOn'>;

/** Every stack after those it depends on; otherwise in the order of `layers`. Throws on a cycle, which is a bug. */
export function deploymentOrder<S extends Node>(stacks: readonly S[]): S[] {
  const waiting = new Map(
    layers.flatMap((layer) =>
      stacks.filter((stack) => stack.layer === layer).map((stack): [Layer, S] => [layer, stack]),
    ),
  );
  const ordered: S[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find((stack) => stack.dependsOn.every((layer) => !waiting.has(layer)));
    if (ready === undefined) throw new Error(`stacks depend on each other: ${[...waiting.keys()].join(', ')}`);
    waiting.delete(ready.layer);
    ordered.push(ready);
  }
  return ordered;
}

/** Every stack before those it depends on: frontend, API, functions, then data and users. */
export function deletionOrder<S extends Node>(stacks: readonly S[]): S[] {
  return deploymentOrder(stacks).reverse();
}
