import { references } from './references.ts';
import type { ResourceDefinition } from './template/template.ts';

/** For every node the nodes that must be there before it. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Which resource needs which: DependsOn, Ref, Fn::GetAtt and Fn::Sub, among the resources given.
 * @param holds With it, only the taken branch of an Fn::If counts.
 */
export function dependencyGraph(
  resources: ReadonlyMap<string, ResourceDefinition>,
  holds?: (condition: string) => boolean,
): Graph {
  return new Map(
    [...resources].map(([logicalId, definition]) => {
      const named = new Set(definition.dependsOn);
      for (const reference of references(definition.properties, holds)) named.add(reference.name);
      return [logicalId, [...named].filter((name) => name !== logicalId && resources.has(name))];
    }),
  );
}

/** The same graph with its arrows turned: for deletion, where what depends goes first. */
export function reversed(graph: Graph): Graph {
  const turned = new Map([...graph.keys()].map((node): [string, string[]] => [node, []]));
  for (const [node, needs] of graph) for (const need of needs) turned.get(need)?.push(node);
  return turned;
}

/** The nodes that lie on a cycle or behind one; empty when the graph can be walked. */
export function cycle(graph: Graph): string[] {
  const needs = new Map([...graph].map(([node, before]) => [node, new Set(before.filter((name) => graph.has(name)))]));
  for (let removed = true; removed; ) {
    removed = false;
    for (const [node, before] of needs) {
      if (before.size > 0) continue;
      needs.delete(node);
      for (const others of needs.values()) others.delete(node);
      removed = true;
    }
  }
  return [...needs.keys()];
}

export interface Walked {
  readonly done: readonly string[];
  readonly failed: readonly string[];
  /** Never started: they wait for a failed one, or the walk was stopped. */
  readonly untouched: readonly string[];
}

/**
 * Visits every node once all that it needs have succeeded, everything else at the same time.
 * @param visit Answers whether the node succeeded. What it throws ends the walk and is thrown on, after the visits
 *   that are under way have ended.
 * @param mayStart Asked before each visit; false leaves the node untouched.
 */
export async function walk(
  graph: Graph,
  visit: (node: string) => Promise<boolean>,
  mayStart: () => boolean = () => true,
): Promise<Walked> {
  const waiting = new Map([...graph].map(([node, needs]) => [node, new Set(needs.filter((need) => graph.has(need)))]));
  const dependents = reversed(graph);
  const done: string[] = [];
  const failed: string[] = [];
  let thrown: { error: unknown } | undefined;

  const start = async (node: string): Promise<void> => {
    if (thrown || !mayStart()) return;
    waiting.delete(node);
    let succeeded: boolean;
    try {
      succeeded = await visit(node);
    } catch (error) {
      thrown ??= { error };
      return;
    }
    if (!succeeded) {
      failed.push(node);
      return;
    }
    done.push(node);
    const freed: Promise<void>[] = [];
    for (const dependent of dependents.get(node) ?? []) {
      const needs = waiting.get(dependent);
      if (needs?.delete(node) && needs.size === 0) freed.push(start(dependent));
    }
    await Promise.all(freed);
  };

  const roots = [...waiting].filter(([, needs]) => needs.size === 0).map(([node]) => node);
  await Promise.all(roots.map(start));
  if (thrown) throw thrown.error;
  return { done, failed, untouched: [...waiting.keys()] };
}
