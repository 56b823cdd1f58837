import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { ALLOW_METADATA, type IdentifiedRequest } from '../auth/auth.decorators.js';
import { isPlatformPermission } from '../auth/permissions.js';
import { UnavailableError } from '../errors/app-error.js';
import { tenantTransactions } from '../prisma/prisma.service.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { AuditService } from './audit.service.js';

/**
 * Writes down every request that a platform admin makes inside a tenant, in that tenant's own log, before it does anything
 * and whatever becomes of it. What cannot be written down is refused.
 */
@Injectable()
export class PlatformAuditInterceptor implements NestInterceptor {
  readonly #logger = new Logger(PlatformAuditInterceptor.name);

  constructor(
    private readonly tenant: TenantContext,
    private readonly audit: AuditService,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    if (request.actor?.kind === 'platform' && this.#isInside(context)) await this.#record(request, request.actor);
    return next.handle();
  }

  /** The platform's own routes work on the registry, whatever tenant a header names; their paths may name others. */
  #isInside(context: ExecutionContext): boolean {
    const permission = this.reflector.get<string | undefined>(ALLOW_METADATA, context.getHandler()) ?? '';
    return this.tenant.find() !== undefined && !isPlatformPermission(permission);
  }

  async #record(request: IdentifiedRequest, actor: NonNullable<IdentifiedRequest['actor']>): Promise<void> {
    // Without the query string: it may hold what does not belong into a log.
    const [path = ''] = request.originalUrl.split('?');
    try {
      // Apart from a transaction that another interceptor may have begun: the entry stays when that one is undone.
      await tenantTransactions.run(undefined, () =>
        this.audit.record(actor, { action: 'platform.request', details: { method: request.method, path } }),
      );
    } catch (error) {
      this.#logger.error({ err: error }, 'A request of a platform admin could not be audited and was refused.');
      throw new UnavailableError('audit.unavailable', 'The request cannot be audited right now. Try again.');
    }
  }
}
