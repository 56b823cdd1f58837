import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../errors/app-error.js';
import { PrismaService } from '../prisma/prisma.service.js';

/** Number of rows of one table that were written. */
export interface RowChanges {
  table: string;
  created: number;
  updated: number;
  deleted: number;
}

/**
 * Counts what a transaction has written so far, using PostgreSQL's own counters: they include cascades, triggers and
 * raw SQL, and every role may read them. They belong to the connection and may include earlier transactions on it, so
 * only the difference between two readings in the same transaction is meaningful.
 */
@Injectable()
export class RowChangesReader {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Starts counting in the running transaction. Call the returned function in the same transaction, before any
   * rollback.
   */
  async start(): Promise<() => Promise<RowChanges[]>> {
    const before = new Map((await this.#read()).map((row) => [row.table, row]));
    return async () => {
      const after = await this.#read();
      return after
        .map((row) => difference(row, before.get(row.table)))
        .filter(({ created, updated, deleted }) => created + updated + deleted > 0);
    };
  }

  /** @throws UnavailableError if the server does not count (`track_counts` is off). */
  async #read(): Promise<RowChanges[]> {
    const rows = await this.prisma.$queryRaw<(RowChanges & { counting: string })[]>`
      SELECT relname::text AS "table", n_tup_ins::integer AS created, n_tup_upd::integer AS updated,
             n_tup_del::integer AS deleted, current_setting('track_counts') AS counting
        FROM pg_stat_xact_user_tables WHERE schemaname = 'public' ORDER BY relname`;
    if (rows.some(({ counting }) => counting !== 'on')) {
      throw new UnavailableError('dbal.not_counting', 'The database does not count rows, because track_counts is off.');
    }
    return rows;
  }
}

function difference(row: RowChanges, before?: RowChanges): RowChanges {
  return {
    table: row.table,
    created: row.created - (before?.created ?? 0),
    updated: row.updated - (before?.updated ?? 0),
    deleted: row.deleted - (before?.deleted ?? 0),
  };
}
