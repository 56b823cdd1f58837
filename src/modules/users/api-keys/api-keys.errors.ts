import { NotFoundError, UnprocessableError } from '../../../common/errors/app-error.js';

export const apiKeyNotFound = () => new NotFoundError('api_key');

/** @remedy Leave these permissions out. */
export const scopesNotHeld = (scopes: string[]) =>
  new UnprocessableError(
    'api_key.scope_not_held',
    `You cannot give a key permissions that you do not have: ${scopes.join(', ')}.`,
  );

export const expiryInThePast = () =>
  new UnprocessableError('api_key.expiry_in_the_past', 'The expiry must be in the future.');
