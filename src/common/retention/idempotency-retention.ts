import { IdempotencyRepository, PlatformIdempotencyRepository } from '../http/idempotency/idempotency.repository.js';
import { type DeleteExpired, type OwnsExpiringRows, Retention } from './retention.js';

@Retention('tenant')
export class IdempotencyRetention implements OwnsExpiringRows {
  constructor(private readonly records: IdempotencyRepository) {}

  expiring(): Record<string, DeleteExpired> {
    return { idempotency_records: (now, limit) => this.records.deleteExpired(now, limit) };
  }
}

@Retention('platform')
export class PlatformIdempotencyRetention implements OwnsExpiringRows {
  constructor(private readonly records: PlatformIdempotencyRepository) {}

  expiring(): Record<string, DeleteExpired> {
    return { platform_idempotency_records: (now, limit) => this.records.deleteExpired(now, limit) };
  }
}
