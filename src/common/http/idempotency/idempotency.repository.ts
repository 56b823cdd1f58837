import { Injectable } from '@nestjs/common';
import { Prisma } from '../../../generated/prisma/client.js';
import { PlatformPrismaService } from '../../prisma/platform-prisma.service.js';
import { PrismaService } from '../../prisma/prisma.service.js';
import type { RecordedResponse } from './recorded-response.js';
import { databaseNow } from '../../time/database-clock.js';

/** HTTP's "processing": the status of a claim that has no response yet. */
const CLAIMED = 102;

export interface IdempotencyRecord extends RecordedResponse {
  fingerprint: string;
  isClaim: boolean;
}

interface Row {
  keyHash: string;
  fingerprint: string;
  status: number;
  headers: Prisma.InputJsonValue;
  body: Prisma.InputJsonValue | typeof Prisma.DbNull;
  expiresAt: Date;
}

/** The operations that the tables of tenants and of the platform share. */
interface Table {
  findFirst(query: {
    where: { keyHash: string; expiresAt: { gt: Date } };
  }): PromiseLike<{ fingerprint: string; status: number; headers: unknown; body: unknown } | null>;
  createMany(query: { data: Row; skipDuplicates?: boolean }): PromiseLike<{ count: number }>;
  deleteMany(query: {
    where: { keyHash?: string; expiresAt?: { lte: Date } };
    limit?: number;
  }): PromiseLike<{ count: number }>;
}

abstract class IdempotencyTable {
  protected abstract readonly table: Table;

  /** Locks the key until the end of the running transaction; false if another transaction holds it. */
  abstract tryLock(keyHash: string): Promise<boolean>;

  async find(keyHash: string): Promise<IdempotencyRecord | null> {
    const row = await this.table.findFirst({ where: { keyHash, expiresAt: { gt: databaseNow() } } });
    if (!row) return null;
    return {
      fingerprint: row.fingerprint,
      status: row.status,
      headers: row.headers as Record<string, string>,
      body: row.body as RecordedResponse['body'],
      isClaim: row.status === CLAIMED,
    };
  }

  /** Saves the response, replacing an expired record or the claim. */
  async save(keyHash: string, fingerprint: string, response: RecordedResponse, expiresAt: Date): Promise<void> {
    const { status, headers, body } = response;
    await this.table.deleteMany({ where: { keyHash } });
    await this.table.createMany({
      data: { keyHash, fingerprint, status, headers, body: body ?? Prisma.DbNull, expiresAt },
    });
  }

  /** Reserves the key without a transaction; false if it is already reserved or has a response. */
  async claim(keyHash: string, fingerprint: string, expiresAt: Date): Promise<boolean> {
    await this.table.deleteMany({ where: { keyHash, expiresAt: { lte: databaseNow() } } });
    const data = { keyHash, fingerprint, status: CLAIMED, headers: {}, body: Prisma.DbNull, expiresAt };
    const { count } = await this.table.createMany({ data, skipDuplicates: true });
    return count === 1;
  }

  async remove(keyHash: string): Promise<void> {
    await this.table.deleteMany({ where: { keyHash } });
  }

  /** Deletes up to `limit` records that have expired at `now`, and returns their number. */
  async deleteExpired(now: Date, limit: number): Promise<number> {
    const { count } = await this.table.deleteMany({ where: { expiresAt: { lte: now } }, limit });
    return count;
  }
}

/** Records of the current tenant. */
@Injectable()
export class IdempotencyRepository extends IdempotencyTable {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  protected get table(): Table {
    return this.prisma.idempotencyRecord;
  }

  async tryLock(keyHash: string): Promise<boolean> {
    const name = `idempotency:${keyHash}`;
    const rows = await this.prisma.$queryRaw<{ locked: boolean }[]>`SELECT app.try_lock_in_tenant(${name}) AS locked`;
    return rows[0]!.locked;
  }
}

/** Records of platform admins outside any tenant. */
@Injectable()
export class PlatformIdempotencyRepository extends IdempotencyTable {
  constructor(private readonly prisma: PlatformPrismaService) {
    super();
  }

  protected get table(): Table {
    return this.prisma.platformIdempotencyRecord;
  }

  async tryLock(keyHash: string): Promise<boolean> {
    const name = `platform:idempotency:${keyHash}`;
    const rows = await this.prisma.$queryRaw<
      { locked: boolean }[]
    >`SELECT pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) AS locked`;
    return rows[0]!.locked;
  }
}
