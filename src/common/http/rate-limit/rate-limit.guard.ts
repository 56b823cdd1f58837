import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { IdentifiedRequest } from '../../identity/auth.decorators.js';
import { Config } from '../../config/config.js';
import { RateLimitError } from '../../errors/app-error.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { type NamedVerdict, setRateLimitHeaders } from './rate-limit-headers.js';
import { RateLimitSync } from './rate-limit-sync.js';
import { WindowClock } from './window-clock.js';
import { WindowCounters } from './window-counters.js';

const MAX_KEYS = 100_000;

/**
 * Limits requests per minute of each user and of each tenant as a whole. An API key counts as its user. Platform admins
 * have a separate limit and do not use up that of the tenant they work in. Unauthenticated requests pass: sign-in has
 * its own limits, and the auth guard refuses the rest.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly counters: WindowCounters;

  constructor(
    private readonly config: Config,
    private readonly tenant: TenantContext,
    sync: RateLimitSync,
    clock: WindowClock,
  ) {
    this.counters = new WindowCounters(MAX_KEYS, () => clock.now());
    sync.add(this.counters);
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { actor } = http.getRequest<IdentifiedRequest>();
    if (!actor) return true;
    const scope = this.tenant.find();
    const isPlatform = actor.kind === 'platform';
    const verdicts: NamedVerdict[] = [];

    const perUser = this.config.RATE_LIMIT_USER_PER_MINUTE;
    if (perUser > 0) {
      const key = isPlatform ? `platform:${actor.id}` : `user:${scope?.tenantId}:${actor.id}`;
      verdicts.push({ name: 'user', ...this.counters.take(key, perUser) });
    }
    const perTenant = this.config.RATE_LIMIT_TENANT_PER_MINUTE;
    const refusedAlready = verdicts.some(({ allowed }) => !allowed);
    if (perTenant > 0 && scope && !isPlatform && !refusedAlready) {
      verdicts.push({ name: 'tenant', ...this.counters.take(`tenant:${scope.tenantId}`, perTenant) });
    }
    if (verdicts.length === 0) return true;

    setRateLimitHeaders(http.getResponse<Response>(), verdicts);
    const refused = verdicts.find(({ allowed }) => !allowed);
    if (refused) {
      const who = refused.name === 'user' ? 'You have' : 'Your tenant has';
      throw new RateLimitError(
        'rate_limit.exceeded',
        `${who} sent more than ${refused.limit} requests in a minute.`,
        refused.resetMs,
      );
    }
    return true;
  }
}
