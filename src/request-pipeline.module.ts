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

/** Who is there, how often, what the request holds, and what a platform admin does with it. */
const GUARDS: Type[] = [AuthGuard, RateLimitGuard, BodyGuard, PlatformAuditGuard];
/** The first is the outermost. Those of single routes, such as entity tags, are inside all of them. */
const INTERCEPTORS: Type[] = [RefusalAuditInterceptor, IdempotencyInterceptor];

/**
 * What every request goes through in Nest, in this order; the middlewares before it are listed in `request-pipeline.ts`.
 * The classes belong to the modules of their folders.
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
