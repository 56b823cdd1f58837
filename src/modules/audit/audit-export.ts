import { stringify } from 'csv-stringify/sync';
import type { AuditEntry } from '../../common/audit/audit.types.js';

export const EXPORT_FORMATS = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** The columns of a CSV, in this order; `details` is JSON. */
const COLUMNS = [
  'createdAt',
  'id',
  'actorKind',
  'actorId',
  'action',
  'outcome',
  'targetType',
  'targetId',
  'details',
  'requestId',
  'ipAddress',
  'userAgent',
] as const satisfies (keyof AuditEntry)[];

/** Spreadsheets recognize UTF-8 in a CSV file by this mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Serializes entries, one chunk per page. CSV begins with a header row, and cells are escaped so that spreadsheets do
 * not evaluate them as formulas.
 * @param bom whether to begin with a byte order mark; applies to CSV only.
 */
export async function* exportAs(
  format: ExportFormat,
  pages: AsyncIterable<AuditEntry[]>,
  { bom = false } = {},
): AsyncGenerator<string, void, void> {
  if (format === 'csv' && bom) yield BYTE_ORDER_MARK;
  if (format === 'csv') yield stringify([COLUMNS as unknown as string[]], { record_delimiter: 'windows' });
  for await (const page of pages) yield format === 'csv' ? csvOf(page) : ndjsonOf(page);
}

function ndjsonOf(page: AuditEntry[]): string {
  return page.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

function csvOf(page: AuditEntry[]): string {
  return stringify(page, {
    columns: [...COLUMNS],
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { date: (date) => date.toISOString(), object: (value) => JSON.stringify(value) },
  });
}
