import { ConflictError, InvalidInputError, UnprocessableError } from '../../errors/app-error.js';

/** @remedy Send a key of that form, such as a UUID. */
export const invalidKey = (): InvalidInputError =>
  new InvalidInputError(
    'An Idempotency-Key is 1 to 255 visible ASCII characters, without spaces.',
    [],
    'idempotency.invalid_key',
  );

export const tooDeep = (): InvalidInputError => new InvalidInputError('The body is nested too deeply.');

/** @remedy Wait a moment, then repeat the request with the same key. */
export const inProgress = (): ConflictError =>
  new ConflictError('idempotency.in_progress', 'A request with this Idempotency-Key is still being processed.');

/** @remedy Use a new key for each new request. */
export const keyReused = (): UnprocessableError =>
  new UnprocessableError('idempotency.key_reused', 'This Idempotency-Key was used for a different request.');
