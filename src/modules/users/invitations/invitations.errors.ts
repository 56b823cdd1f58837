import { ConflictError, NotFoundError, UnprocessableError } from '../../../common/errors/app-error.js';

/**
 * One answer for unknown, used, replaced and expired tokens: nobody learns which.
 * @remedy Ask for a new invitation.
 */
export const invitationInvalid = () =>
  new UnprocessableError(
    'invitation.invalid',
    'The invitation is unknown, used, replaced or expired. Request a new one.',
  );

export const invitationNotFound = () => new NotFoundError('invitation');

export const invitationClosed = () =>
  new ConflictError('invitation.closed', 'The invitation was accepted, revoked, or replaced by a newer one.');
