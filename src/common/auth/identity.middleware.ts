import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import { TenantContext } from '../tenancy/tenant-context.js';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import { RequestIdentifier } from './request-identifier.js';

/** Probes and the like are outside, and must not wait for a database. Routing ignores case, too. */
const API = /^\/api(\/|$|\?)/i;

/**
 * Learns who and which tenant, and runs the rest of the request inside that tenant.
 * It refuses nothing: what is missing or wrong is kept for the guard, which alone knows what the route asks for.
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
