import { UnprocessableError } from '../../../common/errors/app-error.js';

/** @remedy Choose another user as the successor. */
export const successorIsTheSame = () =>
  new UnprocessableError('user.succeeds_themselves', 'Somebody else has to take over what the user owns.');

export const successorNotActive = () =>
  new UnprocessableError('user.successor_not_active', 'Only an active user can take over what another one owns.');
