import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { ALLOW_METADATA, type IdentifiedRequest } from '../../identity/auth.decorators.js';
import { isPlatformPermission } from '../../identity/permissions.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { IGNORES_KEY_METADATA, OWN_TRANSACTIONS_METADATA, SECRETS_METADATA } from './idempotency.decorators.js';
import { IdempotencyService } from './idempotency.service.js';
import { readIdempotentRequest } from './idempotent-request.js';
import { recordResponse, replay } from './recorded-response.js';

/**
 * Passes each POST with an Idempotency-Key to its handler once, and answers repetitions with the first response. Guards
 * run earlier, so a caller who lost access gets no replay.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly tenant: TenantContext,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler<unknown>): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const read = <T>(key: string): T | undefined => this.reflector.get<T | undefined>(key, context.getHandler());
    const request = read(IGNORES_KEY_METADATA) ? null : readIdempotentRequest(http.getRequest<IdentifiedRequest>());
    if (!request) return next.handle();

    const response = http.getResponse<Response>();
    const outcome = await this.idempotency.once({
      request,
      scope: isPlatformPermission(read(ALLOW_METADATA) ?? '') || !this.tenant.find() ? 'platform' : 'tenant',
      ownTransactions: read<boolean>(OWN_TRANSACTIONS_METADATA) ?? false,
      // `handle()` must be called here: it passes the current async context, with the transaction, to the handler.
      run: () => lastValueFrom(next.handle(), { defaultValue: undefined }),
      record: (result) => recordResponse(response, result, read<string[]>(SECRETS_METADATA) ?? []),
    });
    return of('replayed' in outcome ? replay(response, outcome.replayed) : outcome.result);
  }
}
