import { ForbiddenError, InvalidInputError } from '../errors/app-error.js';

/** The request names another tenant than its credential, its secret or its body. */
export class TenantMismatchError extends ForbiddenError {
  constructor() {
    super('tenant.mismatch', 'The request names another tenant than the one it belongs to.');
  }
}

export class TenantNotActiveError extends ForbiddenError {
  constructor() {
    super('tenant.not_active', 'The tenant is not active.');
  }
}

/** The route works on a tenant, and nothing says on which. */
export class TenantRequiredError extends InvalidInputError {
  constructor() {
    super(
      'Name a tenant: X-Tenant-ID, X-Tenant-Slug, /api/v1/t/<slug or domain>/…, or its host.',
      [],
      'tenant.required',
    );
  }
}
