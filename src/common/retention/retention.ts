import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** Deletes at most `limit` rows that have expired at `now`, and returns how many. */
export type DeleteExpired = (now: Date, limit: number) => Promise<number>;

/** Rows that expire. Modules contribute theirs as providers decorated with `@Retention`. */
export interface OwnsExpiringRows {
  /** Delete functions by the name of what they delete, for the log. */
  expiring(): Record<string, DeleteExpired>;
}

/** `tenant`: called inside each tenant's context. `platform`: called once, for global tables. */
export type RetentionScope = 'tenant' | 'platform';

/** Metadata by which the nightly tasks discover the providers. */
export const RetentionMetadata = DiscoveryService.createDecorator<RetentionScope>();

/** Deletes the provider's expired rows every night. */
export const Retention = (scope: RetentionScope): ClassDecorator =>
  applyDecorators(Injectable(), RetentionMetadata(scope));
