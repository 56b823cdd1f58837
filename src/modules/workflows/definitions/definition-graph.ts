import type { WorkflowEdge, WorkflowNode } from './definition.types.js';

type Edge = Pick<WorkflowEdge, 'source' | 'target'>;

/** The successors of each node. Edges to or from missing nodes are ignored. */
export class DefinitionGraph {
  private readonly followers: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(nodes: readonly Pick<WorkflowNode, 'id'>[], edges: readonly Edge[]) {
    const followers = new Map(nodes.map(({ id }) => [id, new Set<string>()]));
    for (const { source, target } of edges) if (followers.has(target)) followers.get(source)?.add(target);
    this.followers = followers;
  }

  /** Returns all ids that can be reached from `start`, including `start`. */
  reachableFrom(start: string): Set<string> {
    const reached = new Set<string>();
    const pending = [start];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      pending.push(...(this.followers.get(id) ?? []));
    }
    return reached;
  }

  /**
   * Returns cycles, each as the ids along it: not all of them, but enough that removing one edge of each leaves none.
   * Iterative, because a long chain of nodes must not exhaust the stack.
   */
  cycles(): string[][] {
    const cycles: string[][] = [];
    const done = new Set<string>();
    for (const start of this.followers.keys()) {
      const path: { id: string; rest: Iterator<string> }[] = [];
      const onPath = new Map<string, number>();
      const enter = (id: string): void => {
        onPath.set(id, path.length);
        path.push({ id, rest: this.followers.get(id)!.values() });
      };
      if (!done.has(start)) enter(start);
      for (let step = path.at(-1); step; step = path.at(-1)) {
        const { done: isOver, value: next } = step.rest.next();
        if (isOver) {
          path.pop();
          onPath.delete(step.id);
          done.add(step.id);
        } else if (onPath.has(next)) {
          cycles.push(path.slice(onPath.get(next)).map(({ id }) => id));
        } else if (!done.has(next)) {
          enter(next);
        }
      }
    }
    return cycles;
  }
}
