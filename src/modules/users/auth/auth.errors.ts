import { UnauthenticatedError, UnprocessableError } from '../../../common/errors/app-error.js';

/**
 * One answer for unknown names, wrong passwords, and people who may not sign in.
 * @remedy Check the name and the password.
 */
export const invalidCredentials = () =>
  new UnauthenticatedError('auth.invalid_credentials', 'The name or the password is incorrect.');

/**
 * One answer for unknown, used, revoked and expired tokens.
 * @remedy Sign in again.
 */
export const invalidRefreshToken = () =>
  new UnauthenticatedError('auth.invalid_refresh_token', 'The session has ended. Sign in again.');

/** @remedy Enter the current password again, or reset it. */
export const wrongPassword = () => new UnprocessableError('auth.wrong_password', 'The current password is incorrect.');

/**
 * One answer for unknown, used, replaced and expired tokens.
 * @remedy Request a new link at `POST /auth/password/forgot`.
 */
export const invalidResetToken = () =>
  new UnprocessableError(
    'password_reset.invalid',
    'The link is unknown, used, replaced or expired. Request a new one.',
  );
