import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { catchError, type Observable } from 'rxjs';
import { ALLOW_METADATA, type IdentifiedRequest } from '../identity/auth.decorators.js';
import { isPlatformPermission } from '../identity/permissions.js';
import { ForbiddenError } from '../errors/app-error.js';
import { pathForLogs } from '../request/path-for-logs.js';
import { AuditRefusals } from './audit-refusals.js';

/** Records refusals by services. The guard, which runs earlier, only records missing permissions. */
@Injectable()
export class RefusalAuditInterceptor implements NestInterceptor {
  constructor(
    private readonly refusals: AuditRefusals,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        if (error instanceof ForbiddenError && !this.refusals.isTold(error)) await this.#record(context, error);
        throw error;
      }),
    );
  }

  async #record(context: ExecutionContext, error: ForbiddenError): Promise<void> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const { actor, method } = request;
    const permission = this.reflector.get<string | undefined>(ALLOW_METADATA, context.getHandler());
    // Requests to the platform's own routes do not concern a tenant that a header happens to name.
    if (!actor || permission === undefined || isPlatformPermission(permission)) return;
    await this.refusals.record(actor, {
      action: 'request.refused',
      details: { code: error.code, method, path: pathForLogs(request) },
      attempt: [error.code, context.getClass().name, context.getHandler().name].join(' '),
    });
  }
}
