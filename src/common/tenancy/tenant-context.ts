import { Injectable } from '@nestjs/common';
import { ClsService, ClsServiceManager } from 'nestjs-cls';
import { isUuid } from './is-uuid.js';

/** How the tenant came to be known. */
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

/** Work on tenant data was attempted outside `TenantContext.run`. Has no `code`: Prisma would wrap it. */
export class TenantContextMissingError extends Error {
  constructor() {
    super('No tenant in context: tenant data is only accessible inside TenantContext.run().');
    this.name = 'TenantContextMissingError';
  }
}

/** The scope of the running asynchronous context, for code below dependency injection. Read it synchronously, pass it on as a value. */
export function currentTenantScope(): TenantScope | undefined {
  const cls = ClsServiceManager.getClsService();
  return cls.isActive() ? (cls.get() as ScopedStore)[SCOPE] : undefined;
}

/**
 * Which tenant the running asynchronous context works for.
 * A scope is entered by `run` alone and never changes inside it; another tenant is another `run`.
 */
@Injectable()
export class TenantContext {
  constructor(private readonly cls: ClsService) {}

  /**
   * Runs `fn` for a tenant. Awaits it inside, so that a lazy Prisma promise cannot escape into the caller's context.
   * @throws TypeError when `tenantId` is no UUID.
   */
  run<T>(scope: TenantScope, fn: () => T | Promise<T>): Promise<T> {
    return this.enter(scope, async () => await fn());
  }

  /** `run` for middleware: `next` is called synchronously inside the context. */
  enter<T>(scope: TenantScope, next: () => T): T {
    if (!isUuid(scope.tenantId)) throw new TypeError('A tenant id must be a UUID.');
    const frozen = Object.freeze({ tenantId: scope.tenantId.toLowerCase(), source: scope.source });
    const outside = currentTenantScope();
    return this.cls.run({ ifNested: 'inherit' }, () => {
      const store = this.cls.get() as ScopedStore;
      // A transaction belongs to one tenant: crossing into another leaves it behind.
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

/** Where `DbalService` keeps the running transaction in the store. */
export const TRANSACTION_SLOT = Symbol('transaction');
