import { fromConnections } from './connections-form.js';
import { type Foreign, isForeign, textOf, withoutUndefined } from './foreign.js';
import { fromSteps } from './steps-form.js';

/** Marks of a body that another system has written; no body of ours holds them. */
const FOREIGN_MARKS = ['connections', 'steps', 'config', 'enabled', 'active', 'isActive'] as const;

/**
 * The body of a new workflow in our form, with what it was before, word for word, as `config`. Understood are:
 * - nodes and edges with `enabled`, where labels of a condition's edges may be any words for its success;
 * - nodes and `connections`;
 * - `steps`;
 * - `config`, as an object or as JSON text that holds one of these; any other text is kept and nothing is made of it.
 *
 * Bookkeeping of the other system (ids of workflow and tenant, version, enabled) is dropped: an import is a new draft.
 * A body in our own form stays as it is. Nothing is validated here.
 */
export function convertImport(body: unknown): unknown {
  if (!isForeign(body) || !FOREIGN_MARKS.some((mark) => mark in body)) return body;
  const { config } = body;
  const inner = config === undefined ? undefined : innerOf(config);
  const source = inner && isDrawn(inner) ? inner : body;
  return withoutUndefined({
    name: body['name'] ?? inner?.['name'],
    description: body['description'] ?? inner?.['description'],
    ...definitionOf(source),
    config: config ?? body,
  });
}

function definitionOf(source: Foreign): Foreign {
  if ('connections' in source) return fromConnections(source);
  if ('steps' in source) return fromSteps(source);
  const { nodes, edges, trigger, triggerConfig, settings } = source;
  return { nodes, edges: relabelled(edges, nodes), trigger, triggerConfig, settings };
}

/** Conditions of that system knew no false: it ended the run. All words on their edges mean that the condition held. */
function relabelled(edges: unknown, nodes: unknown): unknown {
  if (!Array.isArray(edges) || !Array.isArray(nodes)) return edges;
  const conditions = new Set(nodes.filter(isForeign).flatMap(({ id, type }) => (type === 'condition' ? [id] : [])));
  return edges.map((edge: unknown) => {
    if (!isForeign(edge) || !conditions.has(edge['source'])) return edge;
    return ['true', 'false', 'error', undefined].includes(textOf(edge['label'])) ? edge : { ...edge, label: 'true' };
  });
}

function innerOf(config: unknown): Foreign | undefined {
  try {
    const value: unknown = typeof config === 'string' ? JSON.parse(config) : config;
    return isForeign(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDrawn(source: Foreign): boolean {
  return ['nodes', 'steps', 'connections'].some((key) => key in source);
}
