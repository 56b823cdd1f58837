import { UnprocessableError } from '../../../common/errors/app-error.js';

/** @remedy Choose another user as the successor. */
export const successorIsTheSame = () =>
  new UnprocessableError('user.succeeds_themselves', 'The successor must be a different user.');

export const successorNotActive = () =>
  new UnprocessableError('user.successor_not_active', 'The successor must be an active user.');
