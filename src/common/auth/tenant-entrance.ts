import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../errors/app-error.js';
import { factsOfRequest } from '../request/request-facts.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { tenantNameOf, TenantResolver } from './tenant-resolver.js';
import { TenantMismatchError, TenantNotActiveError, TenantRequiredError } from './tenant-refusals.js';

/** Into a tenant before anyone has signed in: by a name in the body, or by a secret that names its tenant. */
@Injectable()
export class TenantEntrance {
  constructor(
    private readonly tenant: TenantContext,
    private readonly tenants: TenantResolver,
  ) {}

  /**
   * Runs `fn` in the tenant that `name` (slug, domain or id) and the request agree on; either may be silent.
   * @throws TenantRequiredError, NotFoundError `tenant.not_found`, TenantMismatchError, TenantNotActiveError.
   */
  async byName<T>(name: string | undefined, fn: () => Promise<T>): Promise<T> {
    const requested = this.tenant.find()?.tenantId;
    if (name === undefined) {
      // The middleware found it active.
      if (requested === undefined) throw new TenantRequiredError(true);
      return await fn();
    }
    const named = await this.tenants.resolve(tenantNameOf(name));
    if (!named) throw new NotFoundError('tenant');
    return await this.enter(named, 'body', fn);
  }

  /**
   * Runs `fn` in the tenant that a secret names (`readSecret`), or returns null when there is no such tenant.
   * @throws TenantMismatchError when the request names another one, TenantNotActiveError.
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

/** The line of the request tells where somebody signed in, or tried to. */
function noteForLogs(tenantId: string): void {
  const request = factsOfRequest()?.request;
  if (request) request.tenantId ??= tenantId;
}
