import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ALLOW_METADATA, type IdentifiedRequest } from '../identity/auth.decorators.js';
import { isPlatformPermission } from '../identity/permissions.js';
import { UnavailableError } from '../errors/app-error.js';
import { pathForLogs } from '../request/path-for-logs.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { AuditService } from './audit.service.js';

/**
 * Writes down every request that a platform admin makes inside a tenant, in that tenant's own log, before it does anything
 * and whatever becomes of it. What cannot be written down is refused. A guard, and the last of all: it only has to come before the
 * handler, and an interceptor would cost every request of everybody.
 */
@Injectable()
export class PlatformAuditGuard implements CanActivate {
  readonly #logger = new Logger(PlatformAuditGuard.name);

  constructor(
    private readonly tenant: TenantContext,
    private readonly audit: AuditService,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    if (request.actor?.kind !== 'platform' || !this.#isInside(context)) return true;
    return this.#record(request, request.actor).then(() => true);
  }

  /** The platform's own routes work on the registry, whatever tenant a header names; their paths may name others. */
  #isInside(context: ExecutionContext): boolean {
    const permission = this.reflector.get<string | undefined>(ALLOW_METADATA, context.getHandler()) ?? '';
    return this.tenant.find() !== undefined && !isPlatformPermission(permission);
  }

  async #record(request: IdentifiedRequest, actor: NonNullable<IdentifiedRequest['actor']>): Promise<void> {
    const details = { method: request.method, path: pathForLogs(request) };
    try {
      await this.audit.record(actor, { action: 'platform.request', details });
    } catch (error) {
      this.#logger.error({ err: error }, 'Failed to audit a request of a platform admin; it was refused.');
      throw new UnavailableError('audit.unavailable', 'The request cannot be audited right now. Try again.');
    }
  }
}
