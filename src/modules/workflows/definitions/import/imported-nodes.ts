import { NODE_TYPES, NOT_IMPORTED } from '../definition.types.js';
import { type Foreign, isForeign, leftOver, textOf, withoutUndefined } from './foreign.js';
import { isTriggerType, triggerParametersLeft } from './imported-triggers.js';

/** What a node says of itself and of how it is drawn, and what is read from it elsewhere. */
const READ = new Set([
  ...['id', 'name', 'label', 'type', 'typeVersion', 'version', 'position', 'notes', 'notesInFlow', 'color', 'icon'],
  ...['webhookId', 'parameters', 'config', 'params', 'disabled', 'enabled', 'description'],
  ...['onError', 'continueOnFail', 'retryOnFail', 'maxTries', 'waitBetweenTries', 'retry', 'timeoutMs'],
]);

/** Types of other systems, by the last part of their name: `n8n-nodes-base.httpRequest`, `metabuilder.condition`. */
const MEANINGS: [pattern: RegExp, convert: (parameters: Foreign) => Meaning][] = [
  [/^(if|condition)$/i, (parameters) => ({ type: 'condition', config: parameters })],
  [/^transform$/i, (parameters) => ({ type: 'transform', config: parameters })],
  [/^lua$/i, (parameters) => ({ type: 'lua', config: parameters })],
  [
    /^(httpRequest|http_request)$/i,
    (parameters) => ({ type: 'action', config: { action: 'http.request', ...parameters } }),
  ],
];

const SWITCHES = ['disabled', 'enabled', 'continueOnFail', 'retryOnFail'];
/** How other systems write a switch as text. */
const ON = ['true', 'yes', 'y', 'on', '1'];
const OFF = ['false', 'no', 'n', 'off', '0'];

interface Meaning {
  type: string;
  config: Foreign;
}

/**
 * What a type of another system means here. One that means nothing becomes an action of that name, for the validation to name it:
 * an import loses nothing silently.
 */
export function importedMeaning(type: string, parameters: Foreign): Meaning {
  if (isTriggerType(type)) return { type: 'trigger', config: triggerParametersLeft(type, parameters) };
  if ((NODE_TYPES as readonly string[]).includes(type)) return { type, config: parameters };
  const lastPart = lastPartOf(type);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(lastPart));
  return meaning ? meaning[1](parameters) : { type: 'action', config: { action: type, ...parameters } };
}

/**
 * What a node does, as it was meant: one that is switched off passes on what it gets. What it says besides, and has no meaning here,
 * stays in its config, where the validation finds it.
 */
export function importedNode(node: Foreign): Meaning {
  const type = textOf(node['type']) ?? 'unknown';
  if (isOff(node)) return isTriggerType(type) ? { type: NOT_IMPORTED, config: { trigger: type } } : passingOn();
  const { type: meant, config } = importedMeaning(type, importedParameters(node));
  return { type: meant, config: { ...leftOver(node, READ), ...config, ...oddPolicy(node), ...oddSwitches(node) } };
}

/** A node that changes nothing: a condition passes its input on. */
export function passingOn(): Meaning {
  return { type: 'condition', config: { condition: 'true' } };
}

export function isOff({ disabled, enabled }: Foreign): boolean {
  return switchOf(disabled) === true || switchOf(enabled) === false;
}

/** Switches that say neither on nor off: what the node does is not known, so the validation names them. */
export function oddSwitches(node: Foreign): Foreign {
  const isOdd = (value: unknown): boolean => value !== undefined && value !== null && switchOf(value) === undefined;
  return Object.fromEntries(SWITCHES.flatMap((name) => (isOdd(node[name]) ? [[name, node[name]]] : [])));
}

function switchOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'number' ? String(value) : textOf(value)?.trim().toLowerCase();
  if (word === undefined) return undefined;
  if (ON.includes(word)) return true;
  return OFF.includes(word) ? false : undefined;
}

/** Not imported of the workflow as a whole, as a node that the validation names. */
export function notImported(id: string, leftOvers: Foreign): Foreign[] {
  if (Object.keys(leftOvers).length === 0) return [];
  return [{ id, type: NOT_IMPORTED, label: 'Not imported', config: leftOvers }];
}

/** `[x, y]` or `{x, y}`. */
export function importedPosition(position: unknown): unknown {
  if (!Array.isArray(position)) return position;
  const [x, y] = position as unknown[];
  return { x, y };
}

/** How other systems say what happens after a failure. */
export function importedFailurePolicy(node: Foreign): Foreign {
  const { onError, retryOnFail, maxTries, waitBetweenTries, retry, timeoutMs } = node;
  const retries = switchOf(retryOnFail) === true || onError === 'retry';
  const theirs = retries ? withoutUndefined({ maxAttempts: maxTries ?? 3, delayMs: waitBetweenTries }) : undefined;
  return withoutUndefined({
    onError: hasErrorOutput(node) || goesOnAfterFailure(node) ? 'continue' : undefined,
    retry: retry ?? theirs,
    timeoutMs,
  });
}

/** Failures leave the node along edges of their own. */
export function hasErrorOutput({ onError }: Foreign): boolean {
  return onError === 'continueErrorOutput';
}

/** After a failure the same nodes follow as after a success. */
export function goesOnAfterFailure(node: Foreign): boolean {
  const { onError, continueOnFail } = node;
  return (
    !hasErrorOutput(node) && (switchOf(continueOnFail) === true || (textOf(onError)?.startsWith('continue') ?? false))
  );
}

/** Parameters of an imported node, under the name they have there. */
export function importedParameters({ parameters, config, params }: Foreign): Foreign {
  return [config, parameters, params].find(isForeign) ?? {};
}

/** A word for failures that means nothing here. */
function oddPolicy({ onError }: Foreign): Foreign {
  const isKnown =
    onError === undefined || onError === null || /^(continue.*|stop.*|retry|fail)$/.test(textOf(onError) ?? '?');
  return isKnown ? {} : { onError };
}

function lastPartOf(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
