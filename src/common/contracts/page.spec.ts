import { InvalidInputError } from '../errors/app-error.js';
import {
  type CursorPosition,
  CursorQuery,
  readCursor,
  PageQuery,
  parseSort,
  toCursorPage,
  toPage,
  toSlice,
} from './page.js';

const query = (page: number, limit: number): PageQuery => Object.assign(new PageQuery(), { page, limit });

describe('Pages', () => {
  it('know their neighbours', () => {
    expect(toPage(['a'], 5, query(3, 2)).meta).toEqual({
      page: 3,
      limit: 2,
      total: 5,
      totalPages: 3,
      hasNext: false,
      hasPrev: true,
    });
    expect(toPage(['a', 'b'], 5, query(1, 2)).meta).toMatchObject({ hasNext: true, hasPrev: false });
  });

  it('of an empty list are none', () => {
    expect(toPage([], 0, query(1, 20)).meta).toMatchObject({ totalPages: 0, hasNext: false, hasPrev: false });
  });

  it('skip what the pages before hold', () => {
    expect(toSlice(query(3, 20))).toEqual({ skip: 40, take: 20 });
  });
});

describe('Cursors', () => {
  const row = (second: number, digit: number): CursorPosition => ({
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
    id: `0190a6c0-0000-7000-8000-00000000000${digit}`,
  });
  const newestFirst = [row(3, 4), row(2, 3), row(2, 2), row(2, 1), row(1, 0)];

  /** Imitates PostgreSQL's comparison of rows. */
  const read = (from: CursorQuery): CursorPosition[] => {
    const place = readCursor(from);
    const isBehind = ({ createdAt, id }: CursorPosition): boolean =>
      !place || createdAt < place.createdAt || (createdAt.getTime() === place.createdAt.getTime() && id < place.id);
    return newestFirst.filter(isBehind).slice(0, from.limit + 1);
  };
  const cursorQuery = (cursor: string | undefined, limit: number): CursorQuery =>
    Object.assign(new CursorQuery(), { cursor, limit });

  it.each([1, 2, 3, 5])('show every row once, %i at a time, also those of the same moment', (limit) => {
    const seen: CursorPosition[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 10; page++) {
      const from = cursorQuery(cursor, limit);
      const { data, meta } = toCursorPage(read(from), from);
      seen.push(...data);
      if (meta.nextCursor === null) break;
      cursor = meta.nextCursor;
    }
    expect(seen).toEqual(newestFirst);
  });

  it('map rows to what clients see', () => {
    const from = cursorQuery(undefined, 2);
    expect(toCursorPage(read(from), from, ({ id }) => id.at(-1)).data).toEqual(['4', '3']);
  });

  it.each([
    '',
    'garbage',
    Buffer.from('12.no-uuid').toString('base64url'),
    Buffer.from(`x.${row(1, 1).id}`).toString('base64url'),
    Buffer.from(`999999999999999.${row(1, 1).id}`).toString('base64url'),
  ])('that the server never made are refused: "%s"', (cursor) => {
    expect(() => readCursor(cursorQuery(cursor, 2))).toThrow(InvalidInputError);
  });
});

describe('Sorting', () => {
  const allowed = ['createdAt', 'name'] as const;

  it('takes several fields in both directions and ends with the id', () => {
    expect(parseSort('-createdAt, name', allowed)).toEqual([{ createdAt: 'desc' }, { name: 'asc' }, { id: 'asc' }]);
  });

  it('has a default', () => {
    expect(parseSort(undefined, allowed, '-createdAt')).toEqual([{ createdAt: 'desc' }, { id: 'asc' }]);
    expect(parseSort(undefined, allowed)).toEqual([{ createdAt: 'asc' }, { id: 'asc' }]);
  });

  it.each(['password', 'name,name', 'name,', '', '--name', '-'])('refuses "%s"', (sort) => {
    expect(() => parseSort(sort, allowed)).toThrow(InvalidInputError);
  });
});
