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
  new ConflictError('tenant.invalid_transition', `The tenant is ${status}; this is for ${from.join(' or ')} ones.`);

/** @remedy Create a new tenant. */
export const deletionBegun = () =>
  new ConflictError('tenant.deletion_begun', 'The tenant is being deleted for good; that cannot be taken back.');

export const domainReserved = () =>
  new InvalidInputError('The domain is not free to choose.', [
    { pointer: '/domain', detail: 'must not lie under the base domain', code: 'reserved' },
  ]);

/** @remedy Store less in it. */
export const settingsTooLarge = (field: string) =>
  new UnprocessableError('tenant.settings_too_large', `Merged, ${field} would exceed 64 KiB.`);

/** A failed step as an answer: its own reason where it gave one to people, and always the step's name. */
export function provisioningFailed(step: string, cause: unknown): AppError {
  const code = 'tenant.provisioning_failed';
  const undone = `Step ${step} failed; what had been done was undone.`;
  const reason = cause instanceof AppError ? cause : toAppError(cause);
  if (reason instanceof UnavailableError) {
    return new UnavailableError(code, `${undone} ${reason.message}`, reason.retryAfterMs);
  }
  // Any other error of the database is a defect of the step, not of what was asked for.
  if (!(cause instanceof AppError)) return new FailedError(code, undone, cause);
  const message = `${undone} ${cause.message}`;
  return cause instanceof ConflictError ? new ConflictError(code, message) : new UnprocessableError(code, message);
}
