import { InvalidInputError } from '../../../../common/errors/app-error.js';
import { escapePointer } from '../../../../common/json/json-pointer.js';
import { MAX_DRAFT } from '../definition.types.js';
import { type Foreign, isForeign } from './foreign.js';

/** In an object of another system: a workflow, a node, or the value of one of a node's fields. */
const MAX_FIELDS = 1000;

/**
 * Refuses a workflow of another system that would be converted to more than a draft may contain, before converting it.
 */
export function assertConvertible(source: Foreign): void {
  const { nodes, steps, edges, connections } = source;
  assertAtMost(nodes, MAX_DRAFT.nodes, '/nodes');
  assertAtMost(steps, MAX_DRAFT.nodes, '/steps');
  assertAtMost(edges, MAX_DRAFT.edges, '/edges');
  assertFewFields(source, '');
  assertFewFields(source['settings'], '/settings');
  assertFewFieldsInEach(nodes, '/nodes');
  assertFewFieldsInEach(steps, '/steps');
  let targets = 0;
  const lists = Array.isArray(steps) ? steps.map(nextOf) : [];
  for (const list of [...lists, ...listsOf(connections)]) {
    targets += list.length;
    if (targets > MAX_DRAFT.edges) throw tooMany(Array.isArray(steps) ? '/steps' : '/connections', MAX_DRAFT.edges);
  }
}

/** What is converted is copied several times, which is slow for objects with very many fields. */
function assertFewFields(value: unknown, pointer: string): void {
  if (!isForeign(value) || Object.keys(value).length <= MAX_FIELDS) return;
  throw refusal(pointer, `There must be at most ${MAX_FIELDS} fields.`, 'max_values');
}

function assertFewFieldsInEach(items: unknown, pointer: string): void {
  if (!Array.isArray(items)) return;
  for (const [index, item] of items.entries()) {
    assertFewFields(item, `${pointer}/${index}`);
    if (!isForeign(item)) continue;
    for (const [name, value] of Object.entries(item))
      assertFewFields(value, `${pointer}/${index}/${escapePointer(name)}`);
  }
}

function nextOf(step: unknown): unknown[] {
  return isForeign(step) && Array.isArray(step['next']) ? step['next'] : [];
}

/** Returns all lists in `{a: {main: [[{node}], [{node}]]}}`, whatever they contain. */
function listsOf(connections: unknown): unknown[][] {
  const outputs = isForeign(connections) ? membersOf(connections) : [];
  const ports = outputs.flatMap((output) => (isForeign(output) ? membersOf(output) : [output]));
  return ports
    .filter((port) => Array.isArray(port))
    .flatMap((port: unknown[]) => [port, ...port.filter((targets) => Array.isArray(targets))]);
}

/** Nodes without targets need no entry, so there are no more entries than edges. */
function membersOf(connections: Foreign): unknown[] {
  const keys = Object.keys(connections);
  if (keys.length > MAX_DRAFT.edges) throw tooMany('/connections', MAX_DRAFT.edges);
  return keys.map((key) => connections[key]);
}

function assertAtMost(list: unknown, max: number, pointer: string): void {
  if (Array.isArray(list) && list.length > max) throw tooMany(pointer, max);
}

function tooMany(pointer: string, max: number): InvalidInputError {
  return refusal(pointer, `There must be at most ${max}.`, 'array_max_size');
}

function refusal(pointer: string, detail: string, code: string): InvalidInputError {
  return new InvalidInputError('The request is not valid.', [{ pointer, detail, code }]);
}
