import { Injectable, Logger } from '@nestjs/common';
import { DbalService } from '../../dbal/dbal.service.js';
import { PlatformDbalService } from '../../dbal/platform-dbal.service.js';
import { inProgress, keyReused } from './idempotency.errors.js';
import {
  type IdempotencyRecord,
  IdempotencyRepository,
  PlatformIdempotencyRepository,
} from './idempotency.repository.js';
import type { IdempotentRequest } from './idempotent-request.js';
import type { RecordedResponse } from './recorded-response.js';
import { databaseTimeIn } from '../../time/database-clock.js';

const KEEP_MS = 24 * 3_600_000;
const CLAIM_MS = 5 * 60_000;

export interface Work<T> {
  request: IdempotentRequest;
  /** Owner of the records. */
  scope: 'tenant' | 'platform';
  /** True if `run` manages its own transactions. */
  ownTransactions: boolean;
  run: () => Promise<T>;
  /** Returns the response to store, or null to store none. */
  record: (result: T) => RecordedResponse | null;
}

export type Outcome<T> = { replayed: RecordedResponse } | { result: T };

/** Executes a request once, however often it is sent. */
@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger(IdempotencyService.name);

  constructor(
    private readonly dbal: DbalService,
    private readonly platformDbal: PlatformDbalService,
    private readonly records: IdempotencyRepository,
    private readonly platformRecords: PlatformIdempotencyRepository,
  ) {}

  /**
   * Runs the work, or returns the response of its first run.
   * @throws ConflictError while another request with the key is running; UnprocessableError when the key was used for a
   * different request.
   */
  once<T>(work: Work<T>): Promise<Outcome<T>> {
    return work.ownTransactions ? this.afterClaim(work) : this.inTransaction(work);
  }

  /** Lock, work and record share one transaction. */
  private inTransaction<T>(work: Work<T>): Promise<Outcome<T>> {
    const { request, scope } = work;
    const records = this.recordsOf(scope);
    return this.dbalOf(scope).transaction(async () => {
      const locked = await records.tryLock(request.keyHash);
      // Read after requesting the lock: its previous holder has either committed by now or is still running.
      const known = await records.find(request.keyHash);
      if (known) return { replayed: this.replayable(known, request) };
      if (!locked) throw inProgress();
      const result = await work.run();
      const response = work.record(result);
      if (response) await records.save(request.keyHash, request.fingerprint, response, expiry(KEEP_MS));
      return { result };
    });
  }

  private async afterClaim<T>(work: Work<T>): Promise<Outcome<T>> {
    const { request } = work;
    const records = this.recordsOf(work.scope);
    if (!(await records.claim(request.keyHash, request.fingerprint, expiry(CLAIM_MS)))) {
      const known = await records.find(request.keyHash);
      if (!known) throw inProgress();
      return { replayed: this.replayable(known, request) };
    }
    let response: RecordedResponse | null = null;
    try {
      const result = await work.run();
      response = work.record(result);
      return { result };
    } finally {
      await this.settle(work, response);
    }
  }

  /** The work is already done (or undone), so a failure here must not change the response. */
  private async settle<T>({ request, scope }: Work<T>, response: RecordedResponse | null): Promise<void> {
    const records = this.recordsOf(scope);
    try {
      if (!response) return await records.remove(request.keyHash);
      await this.dbalOf(scope).transaction(() =>
        records.save(request.keyHash, request.fingerprint, response, expiry(KEEP_MS)),
      );
    } catch (error) {
      this.logger.error({ err: error }, 'Failed to save an idempotency record; its claim will expire.');
    }
  }

  private replayable(known: IdempotencyRecord, request: IdempotentRequest): RecordedResponse {
    if (known.fingerprint !== request.fingerprint) throw keyReused();
    if (known.isClaim) throw inProgress();
    return known;
  }

  private dbalOf(scope: Work<unknown>['scope']): DbalService | PlatformDbalService {
    return scope === 'tenant' ? this.dbal : this.platformDbal;
  }

  private recordsOf(scope: Work<unknown>['scope']): IdempotencyRepository | PlatformIdempotencyRepository {
    return scope === 'tenant' ? this.records : this.platformRecords;
  }
}

function expiry(afterMs: number): Date {
  return databaseTimeIn(afterMs);
}
