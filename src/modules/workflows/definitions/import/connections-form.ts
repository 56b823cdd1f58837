import { type Foreign, isForeign, textOf, withoutUndefined } from './foreign.js';
import {
  importedFailurePolicy,
  importedId,
  importedMeaning,
  importedParameters,
  importedPosition,
} from './imported-nodes.js';

/** A node as it was, and what it became. */
interface ImportedNode {
  original: Foreign;
  id: string;
  type: string;
}

/**
 * The form with `connections`: a map from a node's id or name to its outputs, each a list of targets,
 * `{a: {main: [[{node: 'b'}]]}}`. A condition's first output is true, its second false; the output behind the last one is for errors.
 */
export function fromConnections(source: Foreign): Foreign {
  const originals = (Array.isArray(source['nodes']) ? source['nodes'] : []).filter(isForeign);
  const converted = originals.map(convertNode);
  const imported = originals.map((original, index) => ({ original, ...converted[index]! }) as unknown as ImportedNode);
  return withoutUndefined({
    nodes: converted,
    edges: convertConnections(source['connections'], imported),
    settings: convertSettings(source['settings']),
    ...triggerOf(source, originals),
  });
}

function convertNode(node: Foreign, index: number): Foreign {
  const name = textOf(node['name']);
  return withoutUndefined({
    id: importedId(textOf(node['id']) ?? name ?? `node_${index + 1}`),
    ...importedMeaning(textOf(node['type']) ?? 'unknown', importedParameters(node)),
    label: textOf(node['label']) ?? name,
    position: importedPosition(node['position']),
    ...importedFailurePolicy(node),
  });
}

function convertConnections(connections: unknown, nodes: ImportedNode[]): Foreign[] {
  if (!isForeign(connections)) return [];
  const byName = new Map(nodes.flatMap((node) => namesOf(node.original).map((name) => [name, node] as const)));
  const edges: Foreign[] = [];
  for (const [sourceName, outputs] of Object.entries(connections)) {
    const source = byName.get(sourceName);
    for (const { targetName, output } of targetsOf(outputs)) {
      edges.push(
        withoutUndefined({
          id: `edge_${edges.length + 1}`,
          source: source?.id ?? importedId(sourceName),
          target: byName.get(targetName)?.id ?? importedId(targetName),
          label: labelOf(source, output),
        }),
      );
    }
  }
  return edges;
}

/** Connections name nodes by name in some versions and by id in others. */
function namesOf({ id, name }: Foreign): string[] {
  return [textOf(id), textOf(name)].filter((text) => text !== undefined);
}

/** `{main: [[{node}], [{node}]]}`, flat. */
function targetsOf(outputs: unknown): { targetName: string; output: number }[] {
  const main: unknown = isForeign(outputs) ? outputs['main'] : outputs;
  if (!Array.isArray(main)) return [];
  return main.flatMap((targets: unknown, output) =>
    (Array.isArray(targets) ? targets : [])
      .filter(isForeign)
      .map(({ node }) => ({ targetName: textOf(node) ?? 'unknown', output })),
  );
}

function labelOf(source: ImportedNode | undefined, output: number): string | undefined {
  const regular = source?.type === 'condition' ? ['true', 'false'] : [undefined];
  const hasErrorOutput = source?.original['onError'] === 'continueErrorOutput';
  return hasErrorOutput && output === regular.length ? 'error' : regular[output];
}

function convertSettings(settings: unknown): Foreign | undefined {
  if (!isForeign(settings)) return undefined;
  const { executionTimeout, maxConcurrentExecutions, maxConcurrentRuns, timeoutMs } = settings;
  return withoutUndefined({
    // Seconds there; -1 is none.
    timeoutMs: typeof executionTimeout === 'number' && executionTimeout > 0 ? executionTimeout * 1000 : timeoutMs,
    maxConcurrentRuns: maxConcurrentExecutions ?? maxConcurrentRuns,
  });
}

function triggerOf({ trigger, triggerConfig }: Foreign, nodes: Foreign[]): Foreign {
  const isWebhook = nodes.some(({ type }) => /(^|\.)webhook(trigger)?$/i.test(textOf(type) ?? ''));
  return { trigger: trigger ?? (isWebhook ? 'webhook' : undefined), triggerConfig };
}
