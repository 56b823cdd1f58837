import { ClsServiceManager } from 'nestjs-cls';
import { currentTenantScope, TenantContextMissingError } from '../../tenancy/tenant-context.js';

/*
 * Prisma sends findUnique and the members of $transaction([…]) through one DataLoader per client. It collects all
 * requests of a tick and sends them in the async context of the first one. Since the tenant is taken from that context,
 * one tenant's rows would be read for another. Therefore each context store gets its own DataLoader, which batches only
 * within the store and flushes inside it. Requests without a store share one that never carries a tenant.
 *
 * This uses private API of an exactly pinned Prisma; the startup self-test proves that the guard works.
 */

interface DataLoaderOptions {
  singleLoader: (request: unknown) => Promise<unknown>;
  batchLoader: (requests: unknown[]) => unknown;
  batchBy: (request: unknown) => string | undefined;
  [option: string]: unknown;
}

interface DataLoader {
  readonly options: DataLoaderOptions;
  request(request: unknown): Promise<unknown>;
}

/** Installs the guard. @throws Error when Prisma's internals differ from what is expected. */
export function guardDataLoader(client: object, tenantRequired: boolean): void {
  const handler = (client as { _requestHandler?: { dataloader?: DataLoader } })._requestHandler;
  const shared = handler?.dataloader;
  if (!handler || typeof shared?.options?.batchBy !== 'function' || typeof shared.options.singleLoader !== 'function') {
    throw new Error(
      "Prisma's internals have changed: the DataLoader guard cannot be installed, so tenants would not be isolated.",
    );
  }
  const Loader = shared.constructor as new (options: DataLoaderOptions) => DataLoader;
  const loaders = new WeakMap<object, DataLoader>();

  handler.dataloader = {
    options: shared.options,
    request(request) {
      const scope = currentTenantScope();
      if (!scope && tenantRequired) return Promise.reject(new TenantContextMissingError());
      // Most requests are not batched: send them at once, in their own context.
      if (shared.options.batchBy(request) === undefined) return shared.options.singleLoader(request);
      const cls = ClsServiceManager.getClsService();
      if (!cls.isActive()) return shared.request(request);
      const store: object = cls.get();
      let loader = loaders.get(store);
      if (!loader) {
        // The batch key also includes the tenant, as a second safeguard.
        const batchBy = (queued: unknown): string | undefined => {
          const key = shared.options.batchBy(queued);
          return key && `${scope?.tenantId ?? ''}|${key}`;
        };
        loaders.set(store, (loader = new Loader({ ...shared.options, batchBy })));
      }
      return loader.request(request);
    },
  };
}
