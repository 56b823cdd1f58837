import { InvalidInputError, UnavailableError } from '../errors/app-error.js';
import { endsConnection } from './database-faults.js';
import { isRefusedValue, isRetryable, toAppError } from './prisma-errors.js';

const thrownByPg = (code: string, message = 'no'): Error => Object.assign(new Error(message), { code });
const thrownByPrisma = (code: string, message = 'no'): Error =>
  Object.assign(new Error(message), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { kind: 'postgres', originalCode: code, originalMessage: message } } },
  });

describe.each([
  ['pg', thrownByPg],
  ['Prisma', thrownByPrisma],
])('a code in an error of %s', (_, thrown) => {
  it.each(
    [
      '08000 08001 08003 08004 08006 08P01 25006 25P03 25P04 53100 53200 53300 55006 57P01 57P02 57P03 57P05 58030',
      'EAI_AGAIN ECONNABORTED ECONNREFUSED ECONNRESET EHOSTDOWN EHOSTUNREACH ENETDOWN ENETRESET ENETUNREACH ENOTFOUND EPIPE ETIMEDOUT',
    ].flatMap((codes) => codes.split(' ')),
  )('%s: the database is away', (code) => {
    const error = toAppError(thrown(code));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ code: 'database.unavailable' });
    expect(isRetryable(thrown(code))).toBe(false);
  });

  it('40003: the commit is unknown, and nothing is done again by itself', () => {
    expect(toAppError(thrown('40003'))).toMatchObject({ code: 'transaction.unknown' });
    expect(isRetryable(thrown('40003'))).toBe(false);
  });

  it.each(['26000', '42P05'])('%s: a prepared statement is lost, and the transaction is run again', (code) => {
    expect(toAppError(thrown(code))).toBeInstanceOf(UnavailableError);
    expect(isRetryable(thrown(code))).toBe(true);
    expect(endsConnection(code)).toBe(true);
  });

  it('23514: the value is refused', () => {
    expect(toAppError(thrown('23514'))).toBeInstanceOf(InvalidInputError);
    expect(isRefusedValue(thrown('23514'))).toBe(true);
  });

  it.each(['54001', '42501', '42601', 'XX000'])('%s: a defect', (code) => {
    expect(toAppError(thrown(code))).toBeUndefined();
    expect(endsConnection(code)).toBe(false);
  });

  it('08P01 of values that do not fit a statement: a defect', () => {
    const message = 'bind message supplies 1 parameters, but prepared statement "" requires 2';
    expect(toAppError(thrown('08P01', message))).toBeUndefined();
  });
});

it.each([
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout expired',
])('the driver’s words “%s”: the database is away', (message) => {
  expect(toAppError(new Error(message))).toMatchObject({ code: 'database.unavailable' });
});
