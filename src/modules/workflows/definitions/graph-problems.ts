import { DefinitionGraph } from './definition-graph.js';
import {
  type DefinitionProblem,
  MAX_EDGES,
  MAX_NODES,
  type WorkflowDefinition,
  type WorkflowEdge,
  type WorkflowNode,
} from './definition.types.js';

type Drawn = Pick<WorkflowDefinition, 'nodes' | 'edges'>;

/** Maximum number of ids of a cycle that a message names. */
const MAX_NAMED = 10;

/** Returns the problems of the connections between nodes, whatever the nodes do. */
export function graphProblems({ nodes, edges }: Drawn): DefinitionProblem[] {
  const tooLarge = sizeProblems({ nodes, edges });
  // For a graph that is too large the other checks would be too expensive, and their result too long.
  if (tooLarge.length > 0) return tooLarge;
  return [
    ...duplicates(nodes, '/nodes', 'node'),
    ...duplicates(edges, '/edges', 'edge'),
    ...edgesProblems({ nodes, edges }),
    ...shapeProblems({ nodes, edges }),
  ];
}

function sizeProblems({ nodes, edges }: Drawn): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (nodes.length === 0) problems.push({ pointer: '/nodes', code: 'no_nodes', detail: 'The workflow has no nodes.' });
  if (nodes.length > MAX_NODES) {
    problems.push({ pointer: '/nodes', code: 'too_many_nodes', detail: `More than ${MAX_NODES} nodes.` });
  }
  if (edges.length > MAX_EDGES) {
    problems.push({ pointer: '/edges', code: 'too_many_edges', detail: `More than ${MAX_EDGES} edges.` });
  }
  return problems;
}

function duplicates(items: readonly { id: string }[], pointer: string, noun: string): DefinitionProblem[] {
  const seen = new Set<string>();
  return items.flatMap(({ id }, index) => {
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew
      ? []
      : [
          {
            pointer: `${pointer}/${index}/id`,
            code: 'duplicate_id',
            detail: `Another ${noun} already has the id ${id}.`,
          },
        ];
  });
}

function edgesProblems({ nodes, edges }: Drawn): DefinitionProblem[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return edges.flatMap((edge, index) => edgeProblems(edge, `/edges/${index}`, byId));
}

function edgeProblems(
  edge: WorkflowEdge,
  pointer: string,
  nodes: ReadonlyMap<string, WorkflowNode>,
): DefinitionProblem[] {
  const source = nodes.get(edge.source);
  const target = nodes.get(edge.target);
  const problems: DefinitionProblem[] = [];
  if (!source) problems.push(unknownNode(`${pointer}/source`, edge.source));
  if (!target) problems.push(unknownNode(`${pointer}/target`, edge.target));
  if (target?.type === 'trigger') {
    problems.push({
      pointer: `${pointer}/target`,
      code: 'trigger_target',
      detail: 'A trigger cannot have incoming edges.',
    });
  }
  if (source) problems.push(...labelProblems(edge, `${pointer}/label`, source));
  return problems;
}

function labelProblems({ label }: WorkflowEdge, pointer: string, source: WorkflowNode): DefinitionProblem[] {
  if (label === undefined) return [];
  const continues = source.onError === 'continue';
  if (label === 'error' && !continues) {
    const detail = `This edge is only followed if ${source.id} has onError "continue".`;
    return [{ pointer, code: 'error_edge', detail }];
  }
  if (source.type !== 'condition' || ['true', 'false', 'error'].includes(label)) return [];
  return [{ pointer, code: 'edge_label', detail: 'An edge from a condition must be labelled true or false.' }];
}

function shapeProblems({ nodes, edges }: Drawn): DefinitionProblem[] {
  const graph = new DefinitionGraph(nodes, edges);
  const indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
  const problems = cycleProblems(graph, indexOf);
  const triggers = nodes.filter(({ type }) => type === 'trigger');
  for (const second of triggers.slice(1)) {
    const pointer = `/nodes/${nodes.indexOf(second)}`;
    problems.push({ pointer, code: 'trigger_count', detail: 'A workflow may have only one trigger.' });
  }
  if (triggers.length > 0) problems.push(...unreachable(nodes, graph, triggers));
  return problems;
}

/** Returns one problem for each node at which cycles close. */
function cycleProblems(graph: DefinitionGraph, indexOf: ReadonlyMap<string, number>): DefinitionProblem[] {
  const cycles = new Map(graph.cycles().map((cycle) => [cycle[0]!, cycle]));
  return [...cycles].map(([id, cycle]) => {
    const named = cycle.length > MAX_NAMED ? [...cycle.slice(0, MAX_NAMED), '…', id] : [...cycle, id];
    return {
      pointer: `/nodes/${indexOf.get(id)}`,
      code: 'cycle',
      detail: `The edges form a cycle: ${named.join(' → ')}.`,
    };
  });
}

/** If there is no trigger node, every node without incoming edges is a start, and all nodes can be reached. */
function unreachable(
  nodes: readonly WorkflowNode[],
  graph: DefinitionGraph,
  triggers: readonly WorkflowNode[],
): DefinitionProblem[] {
  const reached = new Set(triggers.flatMap(({ id }) => [...graph.reachableFrom(id)]));
  return nodes.flatMap(({ id }, index) =>
    reached.has(id)
      ? []
      : [{ pointer: `/nodes/${index}`, code: 'unreachable', detail: `${id} is not reachable from the trigger.` }],
  );
}

function unknownNode(pointer: string, id: string): DefinitionProblem {
  return { pointer, code: 'unknown_node', detail: `There is no node ${id}.` };
}
