import { NotFoundError, UnprocessableError } from '../../../common/errors/app-error.js';

export const apiKeyNotFound = () => new NotFoundError('api_key');

/** @remedy Leave these permissions out. */
export const scopesNotHeld = (scopes: string[]) =>
  new UnprocessableError('api_key.scope_not_held', `You cannot give a key what you do not hold: ${scopes.join(', ')}.`);

export const expiryInThePast = () =>
  new UnprocessableError('api_key.expiry_in_the_past', 'The key would have expired before it was made.');
