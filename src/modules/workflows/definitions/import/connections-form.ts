import { type Foreign, isForeign, leftOver, textOf, withoutUndefined } from './foreign.js';
import { ImportedIds } from './imported-ids.js';
import {
  goesOnAfterFailure,
  hasErrorOutput,
  importedFailurePolicy,
  importedNode,
  importedPosition,
  isOff,
  notImported,
} from './imported-nodes.js';
import { importedSettings } from './imported-settings.js';
import { importedTrigger, isTriggerType } from './imported-triggers.js';
import { WORKFLOW_READ } from './workflow-fields.js';

/** An original node and its conversion. */
interface ImportedNode {
  original: Foreign;
  node: Foreign & { id: string; type: string; config: Foreign };
}

interface Connection {
  targetName: string;
  /** Undefined if the output has no meaning in our format. */
  labels: (string | undefined)[] | undefined;
}

/**
 * Converts the format with `connections`: a map from a node's id or name to its outputs, each a list of targets, `{a:
 * {main: [[{node: 'b'}]], error: [[{node: 'c'}]]}}`. A condition's first output is true, its second false; an output
 * after the last regular one is for errors.
 */
export function fromConnections(source: Foreign): Foreign {
  const originals = (Array.isArray(source['nodes']) ? source['nodes'] : []).filter(isForeign);
  const ids = new ImportedIds(originals.map(nameOf));
  const nodes = originals.map((original, index) => convertNode(original, ids.of(nameOf(original, index))));
  const edges = convertConnections(source['connections'], nodes, ids);
  const { settings, timeZone, left } = importedSettings(source['settings']);
  const triggers = originals.filter((node) => isTriggerType(textOf(node['type']) ?? '') && !isOff(node));
  const leftOvers = { ...leftOver(source, WORKFLOW_READ), ...left };
  return withoutUndefined({
    nodes: [...nodes.map(({ node }) => node), ...notImported(ids.more('not_imported'), leftOvers)],
    edges,
    settings,
    ...importedTrigger(source, triggers, timeZone),
  });
}

function nameOf({ id, name }: Foreign, index: number): string {
  return textOf(id) ?? textOf(name) ?? `node_${index + 1}`;
}

function convertNode(original: Foreign, id: string): ImportedNode {
  const node = withoutUndefined({
    id,
    ...importedNode(original),
    label: textOf(original['label']) ?? textOf(original['name']),
    position: importedPosition(original['position']),
    ...(isOff(original) ? {} : importedFailurePolicy(original)),
  });
  return { original, node: node as ImportedNode['node'] };
}

function convertConnections(connections: unknown, nodes: ImportedNode[], ids: ImportedIds): Foreign[] {
  if (!isForeign(connections)) return [];
  const byName = new Map(nodes.flatMap((node) => namesOf(node.original).map((name) => [name, node] as const)));
  const edges: Foreign[] = [];
  for (const [sourceName, outputs] of Object.entries(connections)) {
    const source = byName.get(sourceName);
    for (const { targetName, labels } of connectionsOf(source, outputs)) {
      const target = byName.get(targetName)?.node.id ?? ids.of(targetName);
      if (labels === undefined) keepOutput(source, outputs);
      for (const label of labels ?? []) {
        const id = `edge_${edges.length + 1}`;
        edges.push(withoutUndefined({ id, source: source?.node.id ?? ids.of(sourceName), target, label }));
      }
    }
  }
  return edges;
}

/** Connections refer to nodes by name in some versions and by id in others. */
function namesOf({ id, name }: Foreign): string[] {
  return [textOf(id), textOf(name)].filter((text) => text !== undefined);
}

/** Flattens `{main: [[{node}], [{node}]], error: [[{node}]]}`. */
function connectionsOf(source: ImportedNode | undefined, outputs: unknown): Connection[] {
  const named = isForeign(outputs) ? Object.entries(outputs) : [['main', outputs] as const];
  return named.flatMap(([output, lists]) =>
    (Array.isArray(lists) ? (lists as unknown[]) : []).flatMap((targets, index) =>
      (Array.isArray(targets) ? targets : [])
        .filter(isForeign)
        .map(({ node }) => ({ targetName: textOf(node) ?? 'unknown', labels: labelsOf(source, output, index) })),
    ),
  );
}

function labelsOf(source: ImportedNode | undefined, output: string, index: number): Connection['labels'] {
  // An edge from a missing node, which validation reports.
  if (!source) return [undefined];
  if (source.node.type === 'condition' && (output === 'true' || output === 'false')) return [output];
  if (output === 'error') return errorLabel(source);
  if (output !== 'main') return undefined;
  const { node, original } = source;
  const regular = node.type === 'condition' && !isOff(original) ? ['true', 'false'] : [undefined];
  if (index === regular.length && hasErrorOutput(original)) return ['error'];
  if (index >= regular.length) return undefined;
  return index === 0 && goesOnAfterFailure(original) && !isOff(original) ? [regular[index], 'error'] : [regular[index]];
}

/** An error output implies that the workflow continues after a failure. */
function errorLabel(source: ImportedNode): string[] {
  if (!isOff(source.original)) source.node['onError'] = 'continue';
  return ['error'];
}

/** Keeps connections of an output without meaning in the node's config, where validation reports them. */
function keepOutput(source: ImportedNode | undefined, outputs: unknown): void {
  if (source) source.node.config = { ...source.node.config, connections: outputs };
}
