import { validationError } from '../template/template-model.ts';

/** For every node the nodes it needs; the order of the keys is the order of declaration. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * An order that respects the edges and nothing else: of all nodes that could come next, the one declared last does.
 * Templates are mostly written in a convenient order; this one is the least convenient, so that a missing edge shows.
 * @throws AwsError ValidationError for a cycle.
 */
export function creationOrder(graph: Graph): string[] {
  const waiting = [...graph.keys()].reverse();
  const done = new Set<string>();
  while (waiting.length > 0) {
    const index = waiting.findIndex((node) => [...(graph.get(node) ?? [])].every((needed) => done.has(needed)));
    if (index < 0)
      throw validationError(`Circular dependency between resources: [${[...waiting].reverse().join(', ')}]`);
    done.add(waiting[index] as string);
    waiting.splice(index, 1);
  }
  return [...done];
}

/** The edges turned round: who needs whom becomes who is needed by whom. */
export function reversed(graph: Graph): Graph {
  const turned = new Map<string, Set<string>>([...graph.keys()].map((node) => [node, new Set()]));
  for (const [node, needs] of graph) for (const needed of needs) turned.get(needed)?.add(node);
  return turned;
}

/** Dependents first; among the free ones again the one declared last. */
export function deletionOrder(graph: Graph): string[] {
  return creationOrder(reversed(graph));
}

/** The graph without all but `nodes`; edges through removed nodes are kept as direct edges. */
export function restrict(graph: Graph, nodes: ReadonlySet<string>): Graph {
  const reachable = (node: string, seen: Set<string>): Set<string> => {
    for (const needed of graph.get(node) ?? []) {
      if (seen.has(needed)) continue;
      seen.add(needed);
      reachable(needed, seen);
    }
    return seen;
  };
  const kept = [...graph.keys()].filter((node) => nodes.has(node));
  return new Map(
    kept.map((node) => [node, new Set([...reachable(node, new Set())].filter((other) => nodes.has(other)))]),
  );
}
