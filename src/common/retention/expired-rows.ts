import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type OwnsExpiringRows, RetentionMetadata, type RetentionScope } from './retention.js';
import { databaseNow } from '../time/database-clock.js';

/** Small enough that no batch holds locks for long. */
const BATCH = 500;

/** Deletes all expired rows, in independent batches. */
@Injectable()
export class ExpiredRows {
  readonly #logger = new Logger(ExpiredRows.name);

  constructor(private readonly discovery: DiscoveryService) {}

  /** Stops between two batches when `signal` aborts; the next nightly run continues. */
  async delete(scope: RetentionScope, signal: AbortSignal, now = databaseNow()): Promise<void> {
    for (const owner of this.#owners(scope)) {
      for (const [name, deleteExpired] of Object.entries(owner.expiring())) {
        let deleted = 0;
        for (let batch = BATCH; batch === BATCH && !signal.aborted; deleted += batch) {
          batch = await deleteExpired(now, BATCH);
        }
        if (deleted > 0) this.#logger.log({ rows: name, deleted }, 'Deleted expired rows.');
      }
    }
  }

  #owners(scope: RetentionScope): OwnsExpiringRows[] {
    return this.discovery
      .getProviders({ metadataKey: RetentionMetadata.KEY })
      .filter((wrapper) => this.discovery.getMetadataByDecorator(RetentionMetadata, wrapper) === scope)
      .map((wrapper) => wrapper.instance as OwnsExpiringRows);
  }
}
