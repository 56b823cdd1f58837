// Sandbox processes load this very file: no imports, and erasable syntax only.

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3})\d{0,6})?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** How people are told what a time has to look like. */
export const TIMESTAMP_RULE =
  'an RFC 3339 date and time with an offset, such as 2030-01-31T12:00:00Z, between the years 1 and 9999 in UTC';

/**
 * The moment that a text of RFC 3339 names, to the millisecond, or undefined for everything else: a text without an offset, a day that
 * the calendar does not have, a leap second, more than nine digits of a second, and what leaves the years 0001 to 9999 once it is in UTC.
 * The only place where texts become times: `Date` itself takes many more forms, and rolls 30 February over into March.
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

/** A date as headers of HTTP write it, in any of the three forms of RFC 9110, 5.6.7; undefined for everything else. */
export function parseHttpDate(header: string): Date | undefined {
  const text = header.trim();
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  // The last form names no zone; all are in GMT.
  // eslint-disable-next-line tenantry/no-time-from-text -- the forms are known by now
  return momentOf(Date.parse(text.endsWith('GMT') ? text : `${text} GMT`));
}

/** The moment of a number of milliseconds since 1970, or undefined outside the years 0001 to 9999, which PostgreSQL and JSON share. */
export function momentOf(epochMs: number): Date | undefined {
  return epochMs >= FIRST_MS && epochMs <= LAST_MS ? new Date(epochMs) : undefined;
}
