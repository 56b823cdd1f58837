import { checkCondition, evaluateCondition } from './conditions.js';
import { ScriptError } from './script-error.js';

const SCOPE = {
  input: { n: 5, price: 1.5, name: 'Ada', tags: ['new', 'paid'], amounts: [1, 2, 3], empty: null },
  trigger: { source: 'test' },
  steps: { 'fetch-data': { output: { status: 200 } } },
  run: { id: 'r' },
};

function failureOf(work: () => unknown): ScriptError {
  try {
    work();
  } catch (error) {
    if (error instanceof ScriptError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

function repeated(cel: string): string {
  return Array.from({ length: 60 }, () => cel).join(' && ');
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe('A condition', () => {
  it.each([
    ['input.n > 3', true],
    ['input.n == 5 && input.name.startsWith("A")', true],
    ['input.n + 1 == 6', true],
    ['2 * input.n == 10', true],
    ['input.n % 2 == 1', true],
    ['input.price * 2 == 3.0', true],
    ['size(input.tags) * 2 == 4', true],
    ['"paid" in input.tags', true],
    ['input.amounts.all(amount, amount < 3)', false],
    ['input.amounts.map(amount, amount * 2) == [2, 4, 6]', true],
    ['steps["fetch-data"].output.status in [200, 201]', true],
    ['has(input.missing) && input.missing > 1', false],
    ['input.?missing.orValue("none") == "none"', true],
    ['input.empty == null', true],
    ['input.name.matches("^A.a$")', true],
  ])('reads JSON as people do: %s is %s', (cel, expected) => {
    expect(checkCondition(cel)).toEqual([]);
    expect(evaluateCondition(cel, SCOPE)).toBe(expected);
  });

  it.each([
    ['input.n >', 'syntax', /unexpected token/i],
    ['inptu.n > 3', 'syntax', /unknown variable: inptu/i],
    ['"a" + 1 == "a1"', 'type', /no such overload/i],
    ['size(input.tags)', 'type', /true or false.*int/],
    [`input.n > ${'1'.repeat(5000)}`, 'too_long', /4096/],
  ])('is judged before it is used: %s', (cel, code, message) => {
    expect(checkCondition(cel)).toEqual([
      expect.objectContaining({
        code: expect.stringMatching(`^(${code}|type|syntax)$`),
        message: expect.stringMatching(message),
      }),
    ]);
  });

  it('may use other names where it is told so', () => {
    expect(checkCondition('event.payload.total > 3', ['event'])).toEqual([]);
    expect(checkCondition('input.n > 3', ['event'])).toHaveLength(1);
  });

  it.each([
    ['input.missing > 1', /No such key: missing/],
    ['input.name > 3', /no such overload/i],
    ['input.n', /true or false.*number/],
    ['nothing.at.all', /Unknown variable/],
  ])('fails clearly where the data does not fit: %s', (cel, message) => {
    expect(failureOf(() => evaluateCondition(cel, SCOPE))).toMatchObject({
      kind: 'runtime',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each(['input.constructor.name == "Object"', 'input.__proto__ == null', 'input["constructor"] != null'])(
    'sees own members only: %s',
    (cel) => {
      expect(failureOf(() => evaluateCondition(cel, SCOPE)).message).toMatch(/No such key/);
    },
  );

  it.each([
    ['a pattern that backtracks for ages', 'input.text.matches("^(a+)+$")', { text: `${'a'.repeat(50)}!` }],
    ['one behind a comment', 'input.text.matches // harmless\n("^(a+)+$")', { text: `${'a'.repeat(50)}!` }],
    [
      'loops in loops in loops',
      'input.list.all(a, input.list.all(b, input.list.all(c, a + b + c > 0.0)))',
      { list: Array.from({ length: 3000 }, (_, index) => index + 1) },
    ],
    [
      'lists that grow and grow',
      `size(${Array.from({ length: 90 }, () => 'input.list').join(' + ')}) > 0`,
      { list: Array.from({ length: 200_000 }, () => 1) },
    ],
    ['long texts that are measured again and again', repeated('size(input.text) > 0'), { text: 'x'.repeat(1_000_000) }],
    [
      'a long list that is searched again and again',
      repeated('!("x" in input.list)'),
      { list: new Array(500_000).fill(1) },
    ],
    [
      'equal things that are nested deep',
      repeated('input.one == input.other'),
      { one: nested(5000), other: nested(5000) },
    ],
  ])('is stopped: %s', (_what, cel, input) => {
    const begin = performance.now();
    expect(failureOf(() => evaluateCondition(cel, { input }))).toMatchObject({ kind: 'timeout' });
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(evaluateCondition('input.n > 3', SCOPE)).toBe(true);
  });
});
