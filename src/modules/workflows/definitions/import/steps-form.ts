import { type Foreign, isForeign, textOf, withoutUndefined } from './foreign.js';
import { importedFailurePolicy, importedId, importedMeaning, importedParameters } from './imported-nodes.js';

/** What is not a parameter of what a step does, or is read as what it is. */
const KNOWN_FIELDS = new Set([
  ...['id', 'name', 'label', 'description', 'type', 'enabled', 'position', 'next'],
  ...['action', 'condition', 'transform', 'code', 'scriptId', 'config', 'parameters', 'params'],
  ...['onError', 'continueOnFail', 'retryOnFail', 'maxTries', 'waitBetweenTries'],
]);

/** The form with `steps`: one after the other, unless a step says what comes `next`. */
export function fromSteps(source: Foreign): Foreign {
  const steps = Array.isArray(source['steps']) ? (source['steps'] as unknown[]) : undefined;
  // Not a list: kept for the validation of `nodes` to complain about.
  if (!steps?.every(isForeign)) return { nodes: source['steps'] };
  const nodes = steps.map(convertStep);
  return withoutUndefined({
    nodes,
    edges: steps.flatMap((step, index) => edgesFrom(step, nodes, index)),
    trigger: source['trigger'],
    triggerConfig: source['triggerConfig'],
    settings: source['settings'],
  });
}

function convertStep(step: Foreign, index: number): Foreign {
  const name = textOf(step['name']) ?? textOf(step['label']);
  return withoutUndefined({
    id: importedId(textOf(step['id']) ?? name ?? `step_${index + 1}`),
    ...meaningOf(step),
    label: name,
    ...importedFailurePolicy(step),
  });
}

/** What a step does stands in its type, or is told by what it holds. */
function meaningOf(step: Foreign): { type: string; config: Foreign } {
  const parameters = { ...inlineParameters(step), ...importedParameters(step) };
  const { type, action, condition, transform, code, scriptId } = step;
  if (typeof type === 'string' && type !== 'action') return importedMeaning(type, { ...parameters, ...own(step) });
  if (typeof action === 'string') return importedMeaning('action', { action, ...parameters });
  if (condition !== undefined) return { type: 'condition', config: { condition } };
  if (transform !== undefined) return { type: 'transform', config: { transform } };
  if (code !== undefined || scriptId !== undefined) {
    return { type: 'lua', config: withoutUndefined({ code, scriptId }) };
  }
  return importedMeaning(textOf(type) ?? 'unknown', parameters);
}

/** Parameters that stand in the step itself: `{action: 'log', message: 'x'}`. */
function inlineParameters(step: Foreign): Foreign {
  return Object.fromEntries(Object.entries(step).filter(([name]) => !KNOWN_FIELDS.has(name)));
}

/** What a typed step may hold beside its parameters. */
function own({ action, condition, transform, code, scriptId }: Foreign): Foreign {
  return withoutUndefined({ action, condition, transform, code, scriptId });
}

function edgesFrom({ next }: Foreign, nodes: Foreign[], index: number): Foreign[] {
  const following = nodes[index + 1]?.['id'];
  const targets =
    next === undefined ? [following] : (Array.isArray(next) ? next : [next]).map((id) => importedId(String(id)));
  return targets
    .filter((target) => target !== undefined && next !== null)
    .map((target, n) => ({ id: `edge_${index + 1}_${n + 1}`, source: nodes[index]!['id'], target }));
}
