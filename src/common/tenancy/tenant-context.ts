import { Injectable } from '@nestjs/common';
import { ClsService, ClsServiceManager } from 'nestjs-cls';
import { isUuid } from './is-uuid.js';

/** Origin of the tenant id. */
export type TenantSource =
  'token' | 'api_key' | 'secret' | 'header' | 'path' | 'host' | 'body' | 'job' | 'provisioning' | 'system';

export interface TenantScope {
  /** Lower-case UUID. */
  readonly tenantId: string;
  readonly source: TenantSource;
}

const SCOPE = Symbol('tenant scope');

interface ScopedStore {
  [SCOPE]?: TenantScope;
}

/** Tenant data was accessed outside `TenantContext.run`. Has no `code`, because Prisma would then wrap it. */
export class TenantContextMissingError extends Error {
  constructor() {
    super('No tenant in context: tenant data is only accessible inside TenantContext.run().');
    this.name = 'TenantContextMissingError';
  }
}

/**
 * Returns the scope of the running async context, for code without dependency injection. Read it synchronously and pass
 * it on as a value.
 */
export function currentTenantScope(): TenantScope | undefined {
  const cls = ClsServiceManager.getClsService();
  return cls.isActive() ? (cls.get() as ScopedStore)[SCOPE] : undefined;
}

/**
 * The tenant of the running async context. Only `run` sets it, and it never changes inside; another tenant requires
 * another `run`.
 */
@Injectable()
export class TenantContext {
  constructor(private readonly cls: ClsService) {}

  /**
   * Runs `fn` for a tenant. Awaits the result inside, so that a lazy Prisma promise is not executed in the caller's
   * context.
   * @throws TypeError when `tenantId` is not a UUID.
   */
  run<T>(scope: TenantScope, fn: () => T | Promise<T>): Promise<T> {
    return this.enter(scope, async () => await fn());
  }

  /** Like `run`, for middleware: calls `next` synchronously inside the context. */
  enter<T>(scope: TenantScope, next: () => T): T {
    if (!isUuid(scope.tenantId)) throw new TypeError('A tenant id must be a UUID.');
    const frozen = Object.freeze({ tenantId: scope.tenantId.toLowerCase(), source: scope.source });
    const outside = currentTenantScope();
    return this.cls.run({ ifNested: 'inherit' }, () => {
      const store = this.cls.get() as ScopedStore;
      // A transaction belongs to one tenant, so it is not inherited by another.
      if (outside && outside.tenantId !== frozen.tenantId) delete (store as Record<symbol, unknown>)[TRANSACTION_SLOT];
      Object.defineProperty(store, SCOPE, { value: frozen, enumerable: true, writable: false, configurable: false });
      return next();
    });
  }

  /** The tenant's id. @throws TenantContextMissingError outside `run`. */
  get tenantId(): string {
    const scope = currentTenantScope();
    if (!scope) throw new TenantContextMissingError();
    return scope.tenantId;
  }

  /** The scope, or undefined outside `run`. */
  find(): TenantScope | undefined {
    return currentTenantScope();
  }
}

/** Key of `DbalService`'s running transaction in the context store. */
export const TRANSACTION_SLOT = Symbol('transaction');
