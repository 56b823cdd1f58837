import {
  AppError,
  ConflictError,
  FailedError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
  UnprocessableError,
} from '../../common/errors/app-error.js';
import { toAppError } from '../../common/prisma/prisma-errors.js';
import type { TenantStatus } from './tenants.types.js';

export const tenantNotFound = () => new NotFoundError('tenant');

/** @remedy Choose another slug. */
export const slugTaken = () => new ConflictError('tenant.slug_taken', 'Another tenant has this slug.');

/** @remedy Choose another name. */
export const nameTaken = () => new ConflictError('tenant.name_taken', 'Another tenant has this name.');

/** @remedy Choose another domain. */
export const domainTaken = () => new ConflictError('tenant.domain_taken', 'Another tenant has this domain.');

export const invalidTransition = (status: TenantStatus, from: readonly TenantStatus[]) =>
  new ConflictError(
    'tenant.invalid_transition',
    `The tenant is ${status}; this is only allowed for tenants in status ${from.join(' or ')}.`,
  );

/** @remedy Create a new tenant. */
export const deletionBegun = () =>
  new ConflictError('tenant.deletion_begun', 'The tenant is being permanently deleted; this cannot be undone.');

export const domainReserved = () =>
  new InvalidInputError('This domain is reserved.', [
    { pointer: '/domain', detail: 'must not be a subdomain of the base domain', code: 'reserved' },
  ]);

/** @remedy Store less in it. */
export const settingsTooLarge = (field: string) =>
  new UnprocessableError('tenant.settings_too_large', `After merging, ${field} would exceed 64 KiB.`);

/**
 * Converts a failed step to an error response: with the step's own message if it has one for users, and always with its
 * name.
 */
export function provisioningFailed(step: string, cause: unknown): AppError {
  const code = 'tenant.provisioning_failed';
  const undone = `Step ${step} failed; the previous steps were rolled back.`;
  const reason = cause instanceof AppError ? cause : toAppError(cause);
  if (reason instanceof UnavailableError) {
    return new UnavailableError(code, `${undone} ${reason.message}`, reason.retryAfterMs);
  }
  // Any other database error is a defect of the step, not of the request.
  if (!(cause instanceof AppError)) return new FailedError(code, undone, cause);
  const message = `${undone} ${cause.message}`;
  return cause instanceof ConflictError ? new ConflictError(code, message) : new UnprocessableError(code, message);
}
