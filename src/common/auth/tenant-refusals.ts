import { ForbiddenError, InvalidInputError } from '../errors/app-error.js';

/**
 * The request names another tenant than its credential, its secret or its body.
 * @remedy Name the tenant of the credential, or none.
 */
export class TenantMismatchError extends ForbiddenError {
  constructor() {
    super('tenant.mismatch', 'The request names a different tenant than its credential.');
  }
}

/** @remedy Ask the operator to activate the tenant. */
export class TenantNotActiveError extends ForbiddenError {
  constructor() {
    super('tenant.not_active', 'The tenant is not active.');
  }
}

const BY_REQUEST = 'X-Tenant-Slug, X-Tenant-ID, /api/v1/t/<slug or domain>/…, or its host name';
const IN_BODY = '"tenant" in the body: its slug, domain or id';

/**
 * The route requires a tenant, but the request names none.
 * @remedy Name the tenant in one of these ways.
 */
export class TenantRequiredError extends InvalidInputError {
  /** @param takesInBody whether the route also accepts the tenant as `tenant` in its body, which most clients use. */
  constructor(takesInBody: boolean) {
    super(
      takesInBody ? `Name a tenant by ${IN_BODY}; or by ${BY_REQUEST}.` : `Name a tenant by ${BY_REQUEST}.`,
      takesInBody
        ? [
            {
              pointer: '/tenant',
              detail: 'Required unless the request names a tenant in another way.',
              code: 'required',
            },
          ]
        : [],
      'tenant.required',
    );
  }
}
