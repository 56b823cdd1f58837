import fc from 'fast-check';
import { momentOf, parseHttpDate, parseTimestamp } from './timestamps.js';

/** Offsets of up to a day, without the sign. */
const offset = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));

describe('A time of RFC 3339', () => {
  it.each([
    ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31t12:00:00z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00.5+02:00', '2030-01-31T10:00:00.500Z'],
    ['2030-01-31T12:00:00.123456789-00:30', '2030-01-31T12:30:00.123Z'],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
    ['2000-02-29T00:00:00-00:00', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-12-31T00:00:00Z', '0099-12-31T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['9999-12-31T23:59:59+14:00', '9999-12-31T09:59:59.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(parseTimestamp(text)?.toISOString()).toBe(moment);
  });

  it.each([
    '2030-W05',
    '2030-W05-1T12:00:00Z',
    '2030-031T12:00:00Z',
    '2030-01-31',
    '2030-01-31T12:00:00',
    '2030-01-31T12:00Z',
    '2030-01-31 12:00:00Z',
    '2030-02-30T00:00:00Z',
    '2029-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2030-04-31T00:00:00Z',
    '2030-00-10T00:00:00Z',
    '2030-13-10T00:00:00Z',
    '2030-01-00T00:00:00Z',
    '2030-01-31T24:00:00Z',
    '2030-01-31T12:60:00Z',
    '2016-12-31T23:59:60Z',
    '2030-01-31T12:00:00+24:00',
    '2030-01-31T12:00:00+02:60',
    '2030-01-31T12:00:00+0200',
    '2030-01-31T12:00:00.Z',
    '2030-01-31T12:00:00.1234567890Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+010000-01-01T00:00:00Z',
    'Thu, 31 Jan 2030 12:00:00 GMT',
    ' 2030-01-31T12:00:00Z',
    '2030-01-31T12:00:00Z\n',
    '２030-01-31T12:00:00Z',
    1893456000000,
    null,
    undefined,
  ])('is not %j', (value) => {
    expect(parseTimestamp(value)).toBeUndefined();
  });

  it('is the moment that Date reads in it, wherever both read one', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
        fc.constantFrom('+', '-'),
        offset,
        (date, sign, by) => {
          const text = date.toISOString().replace('Z', `${sign}${by}`);
          expect(parseTimestamp(text)?.getTime()).toBe(Date.parse(text));
          expect(parseTimestamp(date.toISOString())).toEqual(date);
        },
      ),
    );
  });

  it('never leaves the years 0001 to 9999, whatever the offset', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('0001-01-01T', '9999-12-31T'),
        fc.constantFrom('+', '-'),
        offset,
        offset,
        (day, sign, time, by) => {
          const year = parseTimestamp(`${day}${time}:00${sign}${by}`)?.getUTCFullYear();
          expect([undefined, 1, 9999]).toContain(year);
        },
      ),
    );
  });
});

describe('momentOf', () => {
  it.each([Number.NaN, Infinity, 8.64e15, -62_135_596_800_001, 253_402_300_800_000])('knows no moment of %s', (ms) => {
    expect(momentOf(ms)).toBeUndefined();
  });
});

describe('A date of HTTP', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'is read in each of its forms: %s',
    (text) => {
      expect(parseHttpDate(text)?.toISOString()).toBe('1994-11-06T08:49:37.000Z');
    },
  );

  it.each(['', '1994', '1994-11-06T08:49:37Z', 'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Xyz 1994 08:49:37 GMT'])(
    'is not %j',
    (text) => expect(parseHttpDate(text)).toBeUndefined(),
  );
});
