import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../errors/app-error.js';
import { factsOfRequest } from '../request/request-facts.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { tenantNameOf, TenantResolver } from './tenant-resolver.js';
import { TenantMismatchError, TenantNotActiveError, TenantRequiredError } from './tenant-refusals.js';

/** Enters a tenant before sign-in: by a name in the body, or by a secret that contains its tenant. */
@Injectable()
export class TenantEntrance {
  constructor(
    private readonly tenant: TenantContext,
    private readonly tenants: TenantResolver,
  ) {}

  /**
   * Runs `fn` in the tenant named by `name` (slug, domain or id), by the request, or by both if they agree.
   * @throws TenantRequiredError, NotFoundError `tenant.not_found`, TenantMismatchError, TenantNotActiveError.
   */
  async byName<T>(name: string | undefined, fn: () => Promise<T>): Promise<T> {
    const requested = this.tenant.find()?.tenantId;
    if (name === undefined) {
      // The middleware has already checked that the tenant is active.
      if (requested === undefined) throw new TenantRequiredError(true);
      return await fn();
    }
    const named = await this.tenants.resolve(tenantNameOf(name));
    if (!named) throw new NotFoundError('tenant');
    return await this.enter(named, 'body', fn);
  }

  /**
   * Runs `fn` in the tenant of a secret (`readSecret`). Returns null if the tenant does not exist.
   * @throws TenantMismatchError when the request names another tenant, TenantNotActiveError.
   */
  async bySecret<T>(tenantId: string, fn: () => Promise<T>): Promise<T | null> {
    const named = await this.tenants.resolve({ kind: 'id', value: tenantId });
    return named && (await this.enter(named, 'secret', fn));
  }

  private async enter<T>(
    { id, status }: { id: string; status: string },
    source: 'body' | 'secret',
    fn: () => Promise<T>,
  ): Promise<T> {
    const requested = this.tenant.find()?.tenantId;
    if (requested !== undefined && requested !== id) throw new TenantMismatchError();
    noteForLogs(id);
    if (status !== 'ACTIVE') throw new TenantNotActiveError();
    return await this.tenant.run({ tenantId: id, source }, fn);
  }
}

/** Adds the tenant of a sign-in attempt to the request log. */
function noteForLogs(tenantId: string): void {
  const request = factsOfRequest()?.request;
  if (request) request.tenantId ??= tenantId;
}
