import { ClsServiceManager } from 'nestjs-cls';
import { currentTenantScope, TenantContextMissingError } from '../../tenancy/tenant-context.js';

/*
 * Prisma sends findUnique and the members of $transaction([…]) through one DataLoader per client, which collects all requests
 * of a tick and sends them in the asynchronous context of whoever came first: with a tenant taken from that context, one
 * tenant's rows would be read for another. So each context store gets a DataLoader of its own: it batches only within the
 * store and flushes inside it. Requests without a store share one that never carries a tenant.
 *
 * This is private API of an exactly pinned Prisma; the start-up self-test proves that the guard holds.
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

/** Installs the guard. @throws Error when Prisma's internals are not as expected. */
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
      // Most requests are not batched at all and go out at once, in the context they came from.
      if (shared.options.batchBy(request) === undefined) return shared.options.singleLoader(request);
      const cls = ClsServiceManager.getClsService();
      if (!cls.isActive()) return shared.request(request);
      const store: object = cls.get();
      let loader = loaders.get(store);
      if (!loader) {
        // The tenant is part of the batch key as well: a second lock on the same door.
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
