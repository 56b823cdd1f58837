// Sandbox processes load this file directly, so it has no imports and uses only erasable syntax.

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3})\d{0,6})?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The required format, for error messages. */
export const TIMESTAMP_RULE =
  'an RFC 3339 date and time with an offset, such as 2030-01-31T12:00:00Z, between the years 1 and 9999 in UTC';

/**
 * Parses an RFC 3339 timestamp to the millisecond. Returns undefined for anything else: text without an offset, a day
 * that does not exist, a leap second, more than nine fractional digits, and years outside 0001 to 9999 in UTC. All
 * strings must be parsed here: `Date` itself accepts many other formats and rolls 30 February over to March.
 */
export function parseTimestamp(text: unknown): Date | undefined {
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] =
    (typeof text === 'string' && TIMESTAMP.exec(text)) || [];
  if (year === undefined) return undefined;
  const local = new Date(0);
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (local.getUTCMonth() !== Number(month) - 1 || local.getUTCDate() !== Number(day)) return undefined;
  local.setUTCHours(Number(hour), Number(minute), Number(second), Number((fraction ?? '').padEnd(3, '0')));
  const offsetMinutes = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === '-' ? -1 : 1);
  return momentOf(local.getTime() - offsetMinutes * 60_000);
}

const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
];

/** Parses the date of an HTTP header in any of the three formats of RFC 9110, 5.6.7; undefined for anything else. */
export function parseHttpDate(header: string): Date | undefined {
  const text = header.trim();
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  // The last form names no zone; all are in GMT.
  // eslint-disable-next-line tenantry/no-time-from-text -- the forms are known by now
  return momentOf(Date.parse(text.endsWith('GMT') ? text : `${text} GMT`));
}

/** Converts epoch milliseconds; undefined outside the years 0001 to 9999, which PostgreSQL and JSON share. */
export function momentOf(epochMs: number): Date | undefined {
  return epochMs >= FIRST_MS && epochMs <= LAST_MS ? new Date(epochMs) : undefined;
}
