import { InvalidInputError } from '../../../../common/errors/app-error.js';
import { InexactNumbersError, parseExactJson } from '../../../../common/json/exact-json.js';
import { fromConnections } from './connections-form.js';
import { type Foreign, isForeign, leftOver, textOf, withoutUndefined } from './foreign.js';
import { assertConvertible } from './import-bounds.js';
import { isOff, notImported, oddSwitches, passingOn } from './imported-nodes.js';
import { fromSteps } from './steps-form.js';
import { WORKFLOW_READ } from './workflow-fields.js';

/** Keys that identify a body of another system; bodies in our format do not contain them. */
const FOREIGN_MARKS = ['connections', 'steps', 'config', 'enabled', 'active', 'isActive'] as const;

/**
 * Converts the body of a new workflow to our format, and keeps the original, unchanged, as `config`. Supported formats:
 * - nodes and edges with `enabled`; labels of a condition's edges may be the usual words for its outcomes;
 * - nodes and `connections`;
 * - `steps`;
 * - `config`, as an object or as JSON text that contains one of these; any other text is kept without conversion.
 *
 * Metadata of the other system (ids of workflow and tenant, version, enabled) is dropped: an import is a new draft.
 * Anything else without a meaning in our format is kept where validation reports it: in the config of its node, or in a
 * node of type `not_imported`. A body in our format is returned unchanged. Nothing is validated here.
 * @throws InvalidInputError if it is larger than a draft may be, or its JSON text contains numbers that would lose
 * precision.
 */
export function convertImport(body: unknown): unknown {
  if (!isForeign(body) || !FOREIGN_MARKS.some((mark) => mark in body)) return body;
  const { config } = body;
  const inner = config === undefined ? undefined : innerOf(config);
  const source = inner && isDrawn(inner) ? inner : body;
  assertConvertible(source);
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
  return {
    nodes: withLeftOvers(nodes, leftOver(source, WORKFLOW_READ)),
    edges: relabelled(edges, nodes),
    trigger,
    triggerConfig,
    settings,
  };
}

/** Returns nodes in our format without the disabled ones, and what else of the workflow could not be converted. */
function withLeftOvers(nodes: unknown, leftOvers: Foreign): unknown {
  if (!Array.isArray(nodes)) return nodes;
  const converted = (nodes as unknown[]).map((node) => (isForeign(node) ? switched(node) : node));
  return [...converted, ...notImported('not_imported', leftOvers)];
}

function switched(node: Foreign): Foreign {
  const { disabled: _disabled, enabled: _enabled, ...rest } = node;
  if (isOff(node)) return { ...rest, ...passingOn() };
  const odd = oddSwitches(node);
  return Object.keys(odd).length === 0
    ? rest
    : { ...rest, config: { ...(rest['config'] as object | undefined), ...odd } };
}

/** Words of other systems for the outcomes of a condition. Any other word is left for validation to report. */
const OUTCOMES = new Map(
  Object.entries({
    true: [
      'true',
      'yes',
      'y',
      'valid',
      'success',
      'succeeded',
      'ok',
      'pass',
      'passed',
      'then',
      'match',
      'matched',
      '1',
    ],
    false: ['false', 'no', 'n', 'invalid', 'failure', 'failed', 'fail', 'else', 'otherwise', 'nomatch', '0'],
  }).flatMap(([outcome, words]) => words.map((word) => [word, outcome] as const)),
);

function relabelled(edges: unknown, nodes: unknown): unknown {
  if (!Array.isArray(edges) || !Array.isArray(nodes)) return edges;
  const conditions = new Set(nodes.filter(isForeign).flatMap(({ id, type }) => (type === 'condition' ? [id] : [])));
  return edges.map((edge: unknown) => {
    if (!isForeign(edge) || !conditions.has(edge['source'])) return edge;
    const outcome = OUTCOMES.get(textOf(edge['label'])?.trim().toLowerCase() ?? '');
    return outcome === undefined ? edge : { ...edge, label: outcome };
  });
}

function innerOf(config: unknown): Foreign | undefined {
  try {
    const value: unknown = typeof config === 'string' ? parseExactJson(config, 'refuse') : config;
    return isForeign(value) ? value : undefined;
  } catch (error) {
    if (error instanceof InexactNumbersError) throw inexact(error);
    return undefined;
  }
}

function inexact({ numbers }: InexactNumbersError): InvalidInputError {
  const problems = numbers.map((number) => ({ ...number, pointer: `/config${number.pointer}` }));
  return new InvalidInputError('The request is not valid.', problems);
}

function isDrawn(source: Foreign): boolean {
  return ['nodes', 'steps', 'connections'].some((key) => key in source);
}
