import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import type { WorkflowDefinition, WorkflowEdge, WorkflowNode } from '../../workflows/definitions/definition.types.js';
import type { RunError, StepStatus } from '../runs.types.js';

/** The state of a step, as far as the graph needs it. */
export interface StepState {
  status: StepStatus;
  input: JsonValue;
  output: JsonValue;
  error: RunError | null;
}

/** Steps that have started or were skipped, by node id. */
export type StepStates = ReadonlyMap<string, StepState>;

export interface Advance {
  /** Nodes that can start, with the input that arrives along their edges. */
  start: { node: WorkflowNode; input: JsonValue }[];
  /** Nodes that can never start, because no live edge leads to them. */
  skip: WorkflowNode[];
}

type EdgeState = 'undecided' | 'live' | 'dead';

/** Determines for a definition which nodes start, which never will, and what is passed along the edges. */
export class RunGraph {
  /** In topological order. */
  readonly nodes: readonly WorkflowNode[];
  readonly #byId: ReadonlyMap<string, WorkflowNode>;
  readonly #incoming = new Map<string, WorkflowEdge[]>();
  readonly #hasFollowers: ReadonlySet<string>;

  /** @throws Error for cycles and edges to missing nodes, which no valid definition has. */
  constructor({ nodes, edges }: Pick<WorkflowDefinition, 'nodes' | 'edges'>) {
    this.#byId = new Map(nodes.map((node) => [node.id, node]));
    this.#hasFollowers = new Set(edges.map(({ source }) => source));
    for (const edge of edges) this.#incoming.set(edge.target, [...(this.#incoming.get(edge.target) ?? []), edge]);
    this.nodes = this.#sorted(edges);
  }

  node(id: string): WorkflowNode | undefined {
    return this.#byId.get(id);
  }

  /**
   * Returns the consequences of the steps' states. A node starts when all edges to it are decided and at least one is
   * live.
   */
  advance(states: StepStates, runInput: JsonValue): Advance {
    const skipped = new Set<string>();
    const start: Advance['start'] = [];
    const skip: WorkflowNode[] = [];
    for (const node of this.nodes) {
      if (states.has(node.id)) continue;
      const edges = this.#incoming.get(node.id) ?? [];
      const edgeStates = edges.map((edge) => (skipped.has(edge.source) ? 'dead' : this.#edgeStateOf(edge, states)));
      if (edgeStates.includes('undecided')) continue;
      const live = edges.filter((_, index) => edgeStates[index] === 'live');
      if (edges.length === 0) start.push({ node, input: runInput });
      else if (live.length > 0) start.push({ node, input: this.#joined(live, states) });
      else {
        skipped.add(node.id);
        skip.push(node);
      }
    }
    return { start, skip };
  }

  /** Returns the outputs of the run: those of steps without successors, by node id. */
  outputs(states: StepStates): JsonObject {
    const ends = this.nodes.filter(({ id }) => !this.#hasFollowers.has(id) && states.get(id)?.status === 'succeeded');
    return Object.fromEntries(ends.map(({ id }) => [id, states.get(id)!.output]));
  }

  #edgeStateOf({ source, label }: WorkflowEdge, states: StepStates): EdgeState {
    const state = states.get(source);
    if (state?.status === 'skipped') return 'dead';
    // A step that failed without `onError: continue` has already ended the run.
    if (state?.status === 'failed') return label === 'error' ? 'live' : 'dead';
    if (state?.status !== 'succeeded') return 'undecided';
    if (label === 'error') return 'dead';
    if (this.#byId.get(source)?.type !== 'condition') return 'live';
    return state.output === (label !== 'false') ? 'live' : 'dead';
  }

  /** Returns the value passed along a single edge, or for several edges an object by source id. */
  #joined(edges: WorkflowEdge[], states: StepStates): JsonValue {
    const passed = new Map(edges.map(({ source }) => [source, this.#passedOn(source, states.get(source)!)]));
    return passed.size === 1 ? [...passed.values()][0]! : Object.fromEntries(passed);
  }

  /** A condition passes its input on unchanged. A failed step passes on its error and its input. */
  #passedOn(id: string, { status, input, output, error }: StepState): JsonValue {
    if (status === 'failed') return { error: { ...error }, input };
    return this.#byId.get(id)?.type === 'condition' ? input : output;
  }

  #sorted(edges: readonly WorkflowEdge[]): WorkflowNode[] {
    const waitsFor = new Map([...this.#byId.keys()].map((id) => [id, this.#incoming.get(id)?.length ?? 0]));
    const followers = new Map<string, string[]>();
    for (const { source, target } of edges) {
      if (!this.#byId.has(source) || !this.#byId.has(target)) throw new Error('An edge refers to a missing node.');
      followers.set(source, [...(followers.get(source) ?? []), target]);
    }
    const sorted = [...waitsFor].filter(([, count]) => count === 0).map(([id]) => id);
    for (const id of sorted) {
      for (const next of followers.get(id) ?? []) {
        const left = waitsFor.get(next)! - 1;
        waitsFor.set(next, left);
        if (left === 0) sorted.push(next);
      }
    }
    if (sorted.length < this.#byId.size) throw new Error('The edges form a cycle.');
    return sorted.map((id) => this.#byId.get(id)!);
  }
}
