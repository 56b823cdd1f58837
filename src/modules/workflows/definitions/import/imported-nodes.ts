import { truncate } from '../../../../common/values/text-length.js';
import { NODE_TYPES } from '../definition.types.js';
import { type Foreign, isForeign, textOf, withoutUndefined } from './foreign.js';

const MAX_ID_LENGTH = 100;

/** Types of other systems, by the last part of their name: `n8n-nodes-base.httpRequest`, `metabuilder.condition`. */
const MEANINGS: [pattern: RegExp, convert: (parameters: Foreign) => { type: string; config: Foreign }][] = [
  [/(trigger|^webhook|^cron|^start)$/i, () => ({ type: 'trigger', config: {} })],
  [/^(if|condition)$/i, (parameters) => ({ type: 'condition', config: parameters })],
  [/^transform$/i, (parameters) => ({ type: 'transform', config: parameters })],
  [/^lua$/i, (parameters) => ({ type: 'lua', config: parameters })],
  [
    /^(httpRequest|http_request)$/i,
    (parameters) => ({ type: 'action', config: { action: 'http.request', ...parameters } }),
  ],
];

/** A node id may hold letters, digits, `_` and `-`; in an imported one everything else becomes `_`. */
export function importedId(id: string): string {
  return truncate(id.replaceAll(/[^A-Za-z0-9_-]/g, '_'), MAX_ID_LENGTH);
}

/**
 * What a type of another system means here. One that means nothing becomes an action of that name, for the validation to name it:
 * an import loses nothing silently.
 */
export function importedMeaning(type: string, parameters: Foreign): { type: string; config: Foreign } {
  if ((NODE_TYPES as readonly string[]).includes(type)) return { type, config: parameters };
  const lastPart = type.slice(type.lastIndexOf('.') + 1);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(lastPart));
  return meaning ? meaning[1](parameters) : { type: 'action', config: { action: type, ...parameters } };
}

/** `[x, y]` or `{x, y}`. */
export function importedPosition(position: unknown): unknown {
  if (!Array.isArray(position)) return position;
  const [x, y] = position as unknown[];
  return { x, y };
}

/** How other systems say what happens after a failure. */
export function importedFailurePolicy(node: Foreign): Foreign {
  const { onError, continueOnFail, retryOnFail, maxTries, waitBetweenTries } = node;
  const continues = continueOnFail === true || (textOf(onError)?.startsWith('continue') ?? false);
  const retries = retryOnFail === true || onError === 'retry';
  return withoutUndefined({
    onError: continues ? 'continue' : undefined,
    retry: retries ? withoutUndefined({ maxAttempts: maxTries ?? 3, delayMs: waitBetweenTries }) : undefined,
  });
}

/** Parameters of an imported node, under the name they have there. */
export function importedParameters({ parameters, config, params }: Foreign): Foreign {
  return [config, parameters, params].find(isForeign) ?? {};
}
