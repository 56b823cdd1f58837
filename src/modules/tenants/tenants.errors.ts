import {
  AppError,
  ConflictError,
  FailedError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
  UnprocessableError,
} from '../../common/errors/app-error.js';
import type { TenantStatus } from './tenants.types.js';

export const tenantNotFound = () => new NotFoundError('tenant');

export const slugTaken = () => new ConflictError('tenant.slug_taken', 'Another tenant has this slug.');

export const nameTaken = () => new ConflictError('tenant.name_taken', 'Another tenant has this name.');

export const domainTaken = () => new ConflictError('tenant.domain_taken', 'Another tenant has this domain.');

export const invalidTransition = (status: TenantStatus, from: readonly TenantStatus[]) =>
  new ConflictError('tenant.invalid_transition', `The tenant is ${status}; this is for ${from.join(' or ')} ones.`);

export const domainReserved = () =>
  new InvalidInputError('The domain is not free to choose.', [
    { pointer: '/domain', detail: 'must not lie under the base domain', code: 'reserved' },
  ]);

export const settingsTooLarge = (field: string) =>
  new UnprocessableError('tenant.settings_too_large', `Merged, ${field} would exceed 64 KiB.`);

/** A failed step as an answer: its own reason where it gave one to people, and always the step's name. */
export function provisioningFailed(step: string, cause: unknown): AppError {
  const code = 'tenant.provisioning_failed';
  const undone = `Step ${step} failed; what had been done was undone.`;
  if (!(cause instanceof AppError)) return new FailedError(code, undone, cause);
  const message = `${undone} ${cause.message}`;
  if (cause instanceof UnavailableError) return new UnavailableError(code, message, cause.retryAfterMs);
  return cause instanceof ConflictError ? new ConflictError(code, message) : new UnprocessableError(code, message);
}
