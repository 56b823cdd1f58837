import { IsInt, IsString, Max, Min } from 'class-validator';
import { BooleanField, IntegerField, ruledField, TextField } from './fields.js';
import { HasMaxLength } from './input-rules.js';
import { InvalidInputError } from '../errors/app-error.js';
import { isUuid } from '../tenancy/is-uuid.js';
import { momentOf } from '../values/timestamps.js';
import { ToInt } from './query-values.js';

const MAX_LIMIT = 100;
/** Keeps OFFSET within PostgreSQL's range; no client reads that far. */
const MAX_PAGE = 1_000_000;

/** `?page=1&limit=20` of a list. Extend it with the filters of the list. */
export class PageQuery {
  // The maximum page is a database limit and is not documented for clients.
  @ToInt()
  @ruledField({ type: 'integer', minimum: 1 }, { optional: true, default: 1 }, IsInt(), Min(1), Max(MAX_PAGE))
  page: number = 1;

  @ToInt() @IntegerField({ min: 1, max: MAX_LIMIT, optional: true, default: 20 }) limit: number = 20;
}

export class PageMeta {
  @IntegerField({ example: 1, description: 'The page of the list, counted from 1.' }) page!: number;
  @IntegerField({ example: 20, description: 'The maximum number of entries per page.' }) limit!: number;
  @IntegerField({ example: 57, description: 'The number of entries in the whole list.' }) total!: number;
  @IntegerField({ example: 3, description: 'The number of pages.' }) totalPages!: number;
  @BooleanField({ example: true, description: 'Whether there is a next page.' }) hasNext!: boolean;
  @BooleanField({ example: false, description: 'Whether there is a previous page.' }) hasPrev!: boolean;
}

export interface Page<T> {
  data: T[];
  meta: PageMeta;
}

/** Returns Prisma's `skip` and `take` for a page. */
export function toSlice({ page, limit }: PageQuery): { skip: number; take: number } {
  return { skip: (page - 1) * limit, take: limit };
}

/** @param total number of rows in the whole list. */
export function toPage<T>(rows: T[], total: number, { page, limit }: PageQuery): Page<T> {
  const totalPages = Math.ceil(total / limit);
  return { data: rows, meta: { page, limit, total, totalPages, hasNext: page < totalPages, hasPrev: page > 1 } };
}

/** `?cursor=&limit=` of an append-only collection, newest first. */
export class CursorQuery {
  @TextField({ max: 200, optional: true, description: 'The `meta.nextCursor` of the previous page. It is opaque.' })
  cursor?: string;

  @ToInt() @IntegerField({ min: 1, max: MAX_LIMIT, optional: true, default: 20 }) limit: number = 20;
}

export class CursorMeta {
  @IntegerField({ example: 20, description: 'The maximum number of entries per page.' }) limit!: number;

  @TextField({ nullable: true, description: 'The cursor of the next page. Null on the last page.' })
  nextCursor!: string | null;
}

export interface CursorPage<T> {
  data: T[];
  meta: CursorMeta;
}

/** The last row that the client has seen. */
export interface CursorPosition {
  createdAt: Date;
  id: string;
}

const CURSOR = /^([0-9]{1,15})\.(.{36})$/;

/**
 * Decodes a cursor; undefined for the first page. Cursors are not signed, since they only name a position in the
 * caller's own list.
 * @throws InvalidInputError when the server cannot have made the cursor.
 */
export function readCursor({ cursor }: CursorQuery): CursorPosition | undefined {
  if (cursor === undefined) return undefined;
  const [, millis, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const createdAt = momentOf(Number(millis));
  if (!isUuid(id) || !createdAt) {
    throw new InvalidInputError('The cursor is not valid.', [
      { pointer: '?cursor', detail: 'Use meta.nextCursor of the previous page, unchanged.', code: 'cursor' },
    ]);
  }
  return { createdAt, id };
}

/**
 * Returns the opaque cursor of the position after `row`. `createdAt` has whole milliseconds, as `timestamptz(3)` does.
 */
export function writeCursor({ createdAt, id }: CursorPosition): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`, 'latin1').toString('base64url');
}

/** @param rows up to `limit + 1` rows after the cursor (`behind(readCursor(query))`), newest first. */
export function toCursorPage<T extends CursorPosition>(rows: T[], { limit }: CursorQuery): CursorPage<T>;
export function toCursorPage<R extends CursorPosition, T>(
  rows: R[],
  query: CursorQuery,
  toItem: (row: R) => T,
): CursorPage<T>;
export function toCursorPage<R extends CursorPosition>(
  rows: R[],
  { limit }: CursorQuery,
  toItem: (row: R) => unknown = (row) => row,
): CursorPage<unknown> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last ? writeCursor(last) : null;
  return { data: shown.map(toItem), meta: { limit, nextCursor } };
}

export type SortOrder<T extends string> = Array<Partial<Record<T | 'id', 'asc' | 'desc'>>>;

/**
 * Converts `-createdAt,name` to Prisma's `orderBy`, with `id` appended so that pages never overlap.
 * @param allowed the fields a client may sort by.
 * @throws InvalidInputError for any other field, and for a field named twice.
 */
export function parseSort<T extends string>(
  sort: string | undefined,
  allowed: readonly T[],
  fallback: T | `-${T}` = allowed[0] as T,
): SortOrder<T> {
  const seen = new Set<string>();
  const orders = (sort ?? fallback).split(',').map((term) => {
    const field = term.trim().replace(/^[-+]/, '') as T;
    if (!allowed.includes(field) || seen.has(field)) throw sortError(allowed);
    seen.add(field);
    return { [field]: term.trim().startsWith('-') ? 'desc' : 'asc' } as Partial<Record<T | 'id', 'asc' | 'desc'>>;
  });
  return seen.has('id') ? orders : [...orders, { id: 'asc' } as Partial<Record<T | 'id', 'asc' | 'desc'>>];
}

export const SortParameter = (allowed: readonly string[]): PropertyDecorator =>
  ruledField(
    { type: String },
    {
      optional: true,
      example: `-${allowed[0]}`,
      description: `The fields to sort by, separated by commas; a leading \`-\` sorts in descending order. Allowed are ${allowed.join(', ')}.`,
    },
    IsString(),
    HasMaxLength(200),
  );

function sortError(allowed: readonly string[]): InvalidInputError {
  return new InvalidInputError('The list cannot be sorted this way.', [
    { pointer: '?sort', detail: `Sort by each of these at most once: ${allowed.join(', ')}.`, code: 'sort' },
  ]);
}
