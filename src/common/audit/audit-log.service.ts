import { Injectable } from '@nestjs/common';
import { UnprocessableError } from '../errors/app-error.js';
import { type CursorQuery, writeCursor } from '../http/page.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import type { Actor } from '../auth/actor.js';
import { AuditService } from './audit.service.js';
import { AuditRepository } from './audit.repository.js';
import type { AuditEntry, AuditFilter } from './audit.types.js';

/** The most entries of one export. */
export const MAX_EXPORT = 100_000;
const EXPORT_PAGE = 500;

/** Reads the tenant's audit log. */
@Injectable()
export class AuditLogService {
  constructor(
    private readonly entries: AuditRepository,
    private readonly audit: AuditService,
    private readonly tenant: TenantContext,
  ) {}

  /** Newest first; up to one more than the page holds. @throws InvalidInputError for a cursor that is none. */
  list(filter: AuditFilter, query: CursorQuery): Promise<AuditEntry[]> {
    return this.entries.findPage(filter, query);
  }

  /**
   * Everything that fits, this export included, newest first, page by page as the reader takes it. The pages are read inside this tenant, from
   * whatever context the reader asks.
   * @throws UnprocessableError `audit.export_too_large`, before anything is read.
   */
  async export(actor: Actor, filter: AuditFilter, format: string): Promise<AsyncGenerator<AuditEntry[], void, void>> {
    if (await this.entries.hasMoreThan(MAX_EXPORT, filter)) throw tooLarge();
    await this.audit.record(actor, { action: 'audit_log.exported', details: { format, filter } });
    const { tenantId } = this.tenant;
    return this.#pages((query) =>
      this.tenant.run({ tenantId, source: 'system' }, () => this.entries.findPage(filter, query)),
    );
  }

  async *#pages(read: (query: CursorQuery) => Promise<AuditEntry[]>): AsyncGenerator<AuditEntry[], void, void> {
    let cursor: string | undefined;
    do {
      const rows = await read({ cursor, limit: EXPORT_PAGE });
      const page = rows.slice(0, EXPORT_PAGE);
      if (page.length > 0) yield page;
      cursor = rows.length > EXPORT_PAGE ? writeCursor(page.at(-1)!) : undefined;
    } while (cursor !== undefined);
  }
}

function tooLarge(): UnprocessableError {
  const most = MAX_EXPORT.toLocaleString('en');
  return new UnprocessableError(
    'audit.export_too_large',
    `An export has up to ${most} entries. Narrow it down with "from", "to" and the other filters.`,
  );
}
