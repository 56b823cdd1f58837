import fc from 'fast-check';
import { InexactNumbersError, type LargeIntegers, parseExactJson } from './exact-json.js';

const refusal = (text: string, largeIntegers: LargeIntegers = 'refuse'): unknown => {
  try {
    return { accepted: parseExactJson(text, largeIntegers) };
  } catch (error) {
    if (!(error instanceof InexactNumbersError)) throw error;
    return error.numbers.map(({ pointer, code }) => `${code} ${pointer}`);
  }
};

describe('JSON whose numbers are not changed', () => {
  it.each([
    ['1e400', ['number_range ']],
    ['{"a":[0,-1e309]}', ['number_range /a/1']],
    ['[1e-400]', ['number_range /0']],
    [`[0.${'0'.repeat(400)}1]`, ['number_range /0']],
    ['9007199254740992', ['safe_integer ']],
    ['{"a":{"b/c~d":[[],{},-9007199254740993]}}', ['safe_integer /a/b~1c~0d/2']],
    ['{"x\\"y":12345678901234567890,"z":1e999}', ['safe_integer /x"y', 'number_range /z']],
    [`[${'9'.repeat(400)}]`, ['safe_integer /0']],
  ])('refuses %s', (text, expected) => {
    expect(refusal(text)).toEqual(expected);
  });

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '0e999',
    '-0.0e-999',
    '1.7976931348623157e308',
    '5e-324',
    '0.1234567890123456789',
    '"12345678901234567890"',
    '["\\\\",12,"\\"1e400","1e400\\\\\\""]',
    '{"1e400":{"12345678901234567890":1}}',
    '"550e8400-e29b-41d4-a716-446655440000"',
  ])('takes %s as JSON.parse does', (text) => {
    expect(refusal(text)).toEqual({ accepted: JSON.parse(text) as unknown });
    expect(refusal(text, 'as-text')).toEqual({ accepted: JSON.parse(text) as unknown });
  });

  it('gives the digits of large integers as text where it is told to', () => {
    const text =
      ' {"id": 12345678901234567890 , "ids":[-9007199254740993,1,{"a":9007199254740992}], "s":"99999999999999999999"} ';
    expect(parseExactJson(text, 'as-text')).toEqual({
      id: '12345678901234567890',
      ids: ['-9007199254740993', 1, { a: '9007199254740992' }],
      s: '99999999999999999999',
    });
    expect(refusal('[12345678901234567890,1e400]', 'as-text')).toEqual(['number_range /1']);
  });

  it('keeps any key', () => {
    const text = '{"__proto__":{"a":12345678901234567890},"constructor":1}';
    expect(JSON.stringify(parseExactJson(text, 'as-text'))).toBe(
      '{"__proto__":{"a":"12345678901234567890"},"constructor":1}',
    );
  });

  it('finds the broken numbers of any document where they are, and nothing else', () => {
    const broken = fc.constantFrom('1e400', '-1e-400', '9007199254740993', '-12345678901234567890123');
    const { document } = fc.letrec<{ document: { text: string; found: string[] } }>((tie) => ({
      document: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 1 }).map((value) => ({ text: JSON.stringify(value), found: [] as string[] })),
        broken.map((text) => ({ text, found: [''] })),
        fc.array(tie('document'), { maxLength: 4 }).map((items) => ({
          text: `[ ${items.map(({ text }) => text).join(' ,')}]`,
          found: items.flatMap(({ found }, index) => found.map((pointer) => `/${index}${pointer}`)),
        })),
        fc
          .uniqueArray(fc.tuple(fc.string(), tie('document')), { maxLength: 4, selector: ([key]) => key })
          .map((members) => ({
            text: `{${members.map(([key, { text }]) => `${JSON.stringify(key)}: ${text}`).join(',')} }`,
            found: members.flatMap(([key, { found }]) =>
              found.map((pointer) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${pointer}`),
            ),
          })),
      ),
    }));
    fc.assert(
      fc.property(document, ({ text, found }) => {
        // Doubles of `fc.jsonValue` may themselves be integers beyond 2^53.
        fc.pre(!/(?<![\d.])\d{16,}(?![\d.e])/.test(text.replaceAll(/9007199254740993|-12345678901234567890123/g, '')));
        const told = refusal(text);
        expect(Array.isArray(told) ? told.map((line: string) => line.slice(line.indexOf(' ') + 1)) : []).toEqual(found);
      }),
    );
  });

  it('tells of the first hundred, shortly, whatever their keys', () => {
    const text = `{"${'k'.repeat(100_000)}":[${Array(5000).fill('1e999').join(',')}]}`;
    const told = refusal(text) as string[];
    expect(told).toHaveLength(100);
    expect(told.join('').length).toBeLessThan(50_000);
    expect(refusal(`${'['.repeat(200_000)}1e999${']'.repeat(200_000)}`)).toEqual([`number_range ${'/0'.repeat(100)}`]);
  });

  it.each([
    ['objects', JSON.stringify(Array.from({ length: 60_000 }, (_, n) => ({ n, s: `text ${n}` })))],
    ['exponents', `[${Array(200_000).fill('1e5').join()}]`],
  ])('costs little beside JSON.parse: %s', (_, text) => {
    const medianOf = (work: () => unknown): number => {
      const times = Array.from({ length: 9 }, () => {
        const start = process.threadCpuUsage().user;
        work();
        return process.threadCpuUsage().user - start;
      });
      return times.sort((one, other) => one - other)[4]!;
    };
    medianOf(() => parseExactJson(text, 'as-text'));
    const plain = medianOf(() => JSON.parse(text) as unknown);
    const exact = medianOf(() => parseExactJson(text, 'as-text'));
    expect(exact / plain).toBeLessThan(4);
  });
});
