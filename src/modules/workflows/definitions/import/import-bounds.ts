import { InvalidInputError } from '../../../../common/errors/app-error.js';
import { MAX_DRAFT } from '../definition.types.js';
import { type Foreign, isForeign } from './foreign.js';

/**
 * Refuses a workflow of another system that would be converted to more than a draft may contain, before converting it.
 */
export function assertConvertible(source: Foreign): void {
  const { nodes, steps, edges, connections } = source;
  assertAtMost(nodes, MAX_DRAFT.nodes, '/nodes');
  assertAtMost(steps, MAX_DRAFT.nodes, '/steps');
  assertAtMost(edges, MAX_DRAFT.edges, '/edges');
  let targets = 0;
  const lists = Array.isArray(steps) ? steps.map(nextOf) : [];
  for (const list of [...lists, ...listsOf(connections)]) {
    targets += list.length;
    if (targets > MAX_DRAFT.edges) throw tooMany(Array.isArray(steps) ? '/steps' : '/connections', MAX_DRAFT.edges);
  }
}

function nextOf(step: unknown): unknown[] {
  return isForeign(step) && Array.isArray(step['next']) ? step['next'] : [];
}

/** Returns all lists in `{a: {main: [[{node}], [{node}]]}}`, whatever they contain. */
function listsOf(connections: unknown): unknown[][] {
  const lists: unknown[][] = [];
  const outputs = isForeign(connections) ? Object.values(connections) : [];
  for (const output of outputs) {
    const ports = isForeign(output) ? Object.values(output) : [output];
    for (const port of ports) {
      if (!Array.isArray(port)) continue;
      lists.push(port, ...port.filter((targets) => Array.isArray(targets)));
    }
  }
  return lists;
}

function assertAtMost(list: unknown, max: number, pointer: string): void {
  if (Array.isArray(list) && list.length > max) throw tooMany(pointer, max);
}

function tooMany(pointer: string, max: number): InvalidInputError {
  const detail = `There must be at most ${max}.`;
  return new InvalidInputError('The request is not valid.', [{ pointer, detail, code: 'array_max_size' }]);
}
