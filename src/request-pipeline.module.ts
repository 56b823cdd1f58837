import { Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { PlatformAuditGuard } from './common/audit/platform-audit.guard.js';
import { RefusalAuditInterceptor } from './common/audit/refusal-audit.interceptor.js';
import { AuthGuard } from './common/auth/auth.guard.js';
import { BodyGuard } from './common/http/body.guard.js';
import { IdempotencyInterceptor } from './common/http/idempotency/idempotency.interceptor.js';
import { IdempotencyModule } from './common/http/idempotency/idempotency.module.js';
import { ProblemFilter } from './common/http/problem.filter.js';
import { RateLimitGuard } from './common/http/rate-limit/rate-limit.guard.js';
import { StrictValidationPipe } from './common/http/strict-validation.pipe.js';

/**
 * In order: authentication and permission, rate limit, body, audit of platform admins. Each guard relies on those
 * before it.
 */
const GUARDS: Type[] = [AuthGuard, RateLimitGuard, BodyGuard, PlatformAuditGuard];
/** The first is the outermost. Interceptors of single routes, such as the one for entity tags, run inside them. */
const INTERCEPTORS: Type[] = [RefusalAuditInterceptor, IdempotencyInterceptor];

/**
 * Nest's part of the request pipeline, in this order; the middleware before it is listed in `request-pipeline.ts`. The
 * classes are provided by the modules of their folders.
 */
@Module({
  imports: [IdempotencyModule],
  providers: [
    ...GUARDS.map((guard) => ({ provide: APP_GUARD, useExisting: guard })),
    ...INTERCEPTORS.map((interceptor) => ({ provide: APP_INTERCEPTOR, useExisting: interceptor })),
    { provide: APP_PIPE, useExisting: StrictValidationPipe },
    { provide: APP_FILTER, useExisting: ProblemFilter },
  ],
})
export class RequestPipelineModule {}
