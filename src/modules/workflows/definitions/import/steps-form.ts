import { type Foreign, isForeign, leftOver, textOf, withoutUndefined } from './foreign.js';
import { ImportedIds } from './imported-ids.js';
import {
  goesOnAfterFailure,
  importedFailurePolicy,
  importedMeaning,
  importedParameters,
  isOff,
  notImported,
  oddSwitches,
  passingOn,
} from './imported-nodes.js';
import { importedSettings } from './imported-settings.js';
import { importedTrigger } from './imported-triggers.js';
import { WORKFLOW_READ } from './workflow-fields.js';

/** Fields that are not parameters of a step, or are read elsewhere. */
const KNOWN_FIELDS = new Set([
  ...['id', 'name', 'label', 'description', 'type', 'enabled', 'disabled', 'position', 'next'],
  ...['action', 'condition', 'transform', 'code', 'scriptId', 'config', 'parameters', 'params'],
  ...['onError', 'continueOnFail', 'retryOnFail', 'maxTries', 'waitBetweenTries', 'retry', 'timeoutMs'],
]);

interface ImportedStep {
  original: Foreign;
  node: Foreign;
  /** Whether the step is executed depends on this condition, which is converted to a node before it. */
  guard?: Foreign;
}

/** Converts the format with `steps`, which follow each other unless a step names the `next` one. */
export function fromSteps(source: Foreign): Foreign {
  const originals = Array.isArray(source['steps']) ? (source['steps'] as unknown[]) : undefined;
  // Not a list: kept so that validation of `nodes` reports it.
  if (!originals?.every(isForeign)) return { nodes: source['steps'] };
  const ids = new ImportedIds(originals.map(nameOf));
  const steps = originals.map((original, index) => convertStep(original, index, ids));
  const { settings, timeZone, left } = importedSettings(source['settings']);
  const leftOvers = { ...leftOver(source, WORKFLOW_READ), ...left };
  return withoutUndefined({
    nodes: [
      ...steps.flatMap(({ guard, node }) => (guard ? [guard, node] : [node])),
      ...notImported(ids.more('not_imported'), leftOvers),
    ],
    edges: edgesOf(steps, ids),
    settings,
    ...importedTrigger(source, [], timeZone),
  });
}

function nameOf({ id, name, label }: Foreign, index: number): string {
  return textOf(id) ?? textOf(name) ?? textOf(label) ?? `step_${index + 1}`;
}

function convertStep(original: Foreign, index: number, ids: ImportedIds): ImportedStep {
  const id = ids.of(nameOf(original, index));
  const label = textOf(original['name']) ?? textOf(original['label']);
  if (isOff(original)) return { original, node: withoutUndefined({ id, ...passingOn(), label }) };
  const meaning = meaningOf(original);
  const node = withoutUndefined({ id, ...meaning, label, ...importedFailurePolicy(original) });
  const { condition } = original;
  if (condition === undefined || condition === null || meaning.type === 'condition') return { original, node };
  return { original, node, guard: { id: ids.more(`${id}_if`), type: 'condition', config: { condition } } };
}

/** A step's type, or else its fields, determine what it does. */
function meaningOf(step: Foreign): { type: string; config: Foreign } {
  const parameters = { ...inlineParameters(step), ...importedParameters(step), ...oddSwitches(step) };
  const { type, action, condition, transform, code, scriptId } = step;
  if (typeof type === 'string' && type !== 'action') {
    const meaning = importedMeaning(type, { ...parameters, ...own(step) });
    return meaning.type === 'condition' ? { type: 'condition', config: { ...meaning.config, condition } } : meaning;
  }
  if (typeof action === 'string') return importedMeaning('action', { action, ...parameters });
  if (transform !== undefined) return { type: 'transform', config: { ...parameters, transform } };
  if (code !== undefined || scriptId !== undefined) {
    return { type: 'lua', config: withoutUndefined({ ...parameters, code, scriptId }) };
  }
  if (condition !== undefined) return { type: 'condition', config: { ...parameters, condition } };
  return importedMeaning(textOf(type) ?? 'unknown', parameters);
}

/** Returns parameters that are fields of the step itself: `{action: 'log', message: 'x'}`. */
function inlineParameters(step: Foreign): Foreign {
  return Object.fromEntries(Object.entries(step).filter(([name]) => !KNOWN_FIELDS.has(name)));
}

/** Returns fields of a typed step other than its parameters. */
function own({ action, transform, code, scriptId }: Foreign): Foreign {
  return withoutUndefined({ action, transform, code, scriptId });
}

/** A step whose condition does not hold is skipped, and the next one follows all the same. */
function edgesOf(steps: ImportedStep[], ids: ImportedIds): Foreign[] {
  const byName = new Map(steps.flatMap((step) => namesOf(step.original).map((name) => [name, step] as const)));
  const entryOf = (name: unknown): unknown => {
    const step = byName.get(String(name));
    return step ? (step.guard ?? step.node)['id'] : ids.of(String(name));
  };
  return steps.flatMap((step, index) => {
    const { original, node, guard } = step;
    const following = steps[index + 1];
    const targets = targetsOf(original, following && (following.guard ?? following.node)['id'], entryOf);
    const goesOn = goesOnAfterFailure(original) && !isOff(original);
    const links: [source: unknown, target: unknown, label?: string][] = [
      ...(guard ? [[guard['id'], node['id'], 'true'] as [unknown, unknown, string]] : []),
      ...targets.map((target) => [node['id'], target] as [unknown, unknown]),
      ...(goesOn ? targets.map((target) => [node['id'], target, 'error'] as [unknown, unknown, string]) : []),
      ...(guard ? targets.map((target) => [guard['id'], target, 'false'] as [unknown, unknown, string]) : []),
    ];
    return links.map(([from, target, label], n) =>
      withoutUndefined({ id: `edge_${index + 1}_${n + 1}`, source: from, target, label }),
    );
  });
}

function targetsOf({ next }: Foreign, following: unknown, entryOf: (name: unknown) => unknown): unknown[] {
  if (next === null) return [];
  if (next === undefined) return following === undefined ? [] : [following];
  return (Array.isArray(next) ? (next as unknown[]) : [next]).map(entryOf);
}

function namesOf({ id, name, label }: Foreign): string[] {
  return [textOf(label), textOf(name), textOf(id)].filter((text) => text !== undefined);
}
