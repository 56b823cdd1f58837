import { NODE_TYPES, NOT_IMPORTED } from '../definition.types.js';
import { type Foreign, isForeign, leftOver, textOf, withoutUndefined } from './foreign.js';
import { isTriggerType, triggerParametersLeft } from './imported-triggers.js';

/** Fields of a node that describe itself or its drawing, or are read elsewhere. */
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
/** Texts that other systems use for a switch that is on. */
const ON = ['true', 'yes', 'y', 'on', '1'];
const OFF = ['false', 'no', 'n', 'off', '0'];

interface Meaning {
  type: string;
  config: Foreign;
}

/**
 * Converts a type of another system. An unknown one becomes an action of that name, which validation reports: an import
 * loses nothing silently.
 */
export function importedMeaning(type: string, parameters: Foreign): Meaning {
  if (isTriggerType(type)) return { type: 'trigger', config: triggerParametersLeft(type, parameters) };
  if ((NODE_TYPES as readonly string[]).includes(type)) return { type, config: parameters };
  const lastPart = lastPartOf(type);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(lastPart));
  return meaning ? meaning[1](parameters) : { type: 'action', config: { action: type, ...parameters } };
}

/**
 * Converts a node. A disabled one becomes a node that passes its input on. Fields without a meaning in our format stay
 * in its config, where validation reports them.
 */
export function importedNode(node: Foreign): Meaning {
  const type = textOf(node['type']) ?? 'unknown';
  if (isOff(node)) return isTriggerType(type) ? { type: NOT_IMPORTED, config: { trigger: type } } : passingOn();
  const { type: meant, config } = importedMeaning(type, importedParameters(node));
  return { type: meant, config: { ...leftOver(node, READ), ...config, ...oddPolicy(node), ...oddSwitches(node) } };
}

/** Returns a node that passes its input on: a condition that is always true. */
export function passingOn(): Meaning {
  return { type: 'condition', config: { condition: 'true' } };
}

export function isOff({ disabled, enabled }: Foreign): boolean {
  return switchOf(disabled) === true || switchOf(enabled) === false;
}

/**
 * Returns switches whose value is neither on nor off. Whether the node is enabled is unknown then, so validation
 * reports them.
 */
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

/** Returns a node that holds the parts of the workflow that could not be imported, for validation to report. */
export function notImported(id: string, leftOvers: Foreign): Foreign[] {
  if (Object.keys(leftOvers).length === 0) return [];
  return [{ id, type: NOT_IMPORTED, label: 'Not imported', config: leftOvers }];
}

/** Accepts `[x, y]` or `{x, y}`. */
export function importedPosition(position: unknown): unknown {
  if (!Array.isArray(position)) return position;
  const [x, y] = position as unknown[];
  return { x, y };
}

/** Converts other systems' settings for failures. */
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

/** Returns whether the node has separate output edges for failures. */
export function hasErrorOutput({ onError }: Foreign): boolean {
  return onError === 'continueErrorOutput';
}

/** Returns whether the same nodes follow a failure as a success. */
export function goesOnAfterFailure(node: Foreign): boolean {
  const { onError, continueOnFail } = node;
  return (
    !hasErrorOutput(node) && (switchOf(continueOnFail) === true || (textOf(onError)?.startsWith('continue') ?? false))
  );
}

/** Returns the parameters of an imported node, under whichever name they have. */
export function importedParameters({ parameters, config, params }: Foreign): Foreign {
  return [config, parameters, params].find(isForeign) ?? {};
}

/** Returns a setting for failures that has no meaning in our format. */
function oddPolicy({ onError }: Foreign): Foreign {
  const isKnown =
    onError === undefined || onError === null || /^(continue.*|stop.*|retry|fail)$/.test(textOf(onError) ?? '?');
  return isKnown ? {} : { onError };
}

function lastPartOf(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
