import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ALLOW_METADATA, type IdentifiedRequest } from '../identity/auth.decorators.js';
import { isPlatformPermission } from '../identity/permissions.js';
import { UnavailableError } from '../errors/app-error.js';
import { pathForLogs } from '../request/path-for-logs.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { AuditService } from './audit.service.js';

/**
 * Records every request that a platform admin makes inside a tenant in that tenant's own log, before the handler runs
 * and whatever its outcome. If the entry cannot be written, the request is refused. This is a guard, and the last one,
 * because it only has to run before the handler; an interceptor would add its cost to every request.
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

  /**
   * False for the platform's own routes: they work on the registry whatever tenant a header names, and their paths may
   * name other tenants.
   */
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
