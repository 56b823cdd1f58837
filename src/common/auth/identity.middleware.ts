import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import { TenantContext } from '../tenancy/tenant-context.js';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import { RequestIdentifier } from './request-identifier.js';

/**
 * Health probes and other routes outside the API must not wait for the database. Case is ignored, as Express' routing
 * does.
 */
const API = /^\/api(\/|$|\?)/i;

/**
 * Identifies the caller and the tenant, and runs the rest of the request inside that tenant. It rejects nothing:
 * failures are kept for the guard, which knows what the route requires.
 */
@Injectable()
export class IdentityMiddleware implements NestMiddleware<IdentifiedRequest, Response> {
  constructor(
    private readonly identifier: RequestIdentifier,
    private readonly tenant: TenantContext,
  ) {}

  use(request: IdentifiedRequest, _response: Response, next: NextFunction): void {
    if (!API.test(request.originalUrl)) {
      next();
      return;
    }
    void this.identifier.identify(request).then(({ scope, ...known }) => {
      Object.assign(request, known);
      if (!scope) {
        next();
        return;
      }
      request.tenantId = scope.tenantId;
      this.tenant.enter(scope, next);
    });
  }
}
