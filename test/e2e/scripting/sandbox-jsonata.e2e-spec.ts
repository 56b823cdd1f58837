import type { TenantContext } from '../../../src/common/tenancy/tenant-context.js';
import { ScriptError } from '../../../src/modules/scripting/sandbox/script.errors.js';
import { ScriptSandbox } from '../../../src/modules/scripting/sandbox/script-sandbox.service.js';
import { MAX_SCRIPT_TIMEOUT_MS } from '../../../src/modules/scripting/sandbox/script.types.js';

const INPUT = {
  order: {
    lines: [
      { price: 2, count: 3 },
      { price: 5, count: 1 },
    ],
  },
  names: ['b', 'a'],
  none: null,
};

const sandbox = new ScriptSandbox({ find: () => undefined } as unknown as TenantContext);
afterAll(() => sandbox.onApplicationShutdown());

const evaluate = (expression: string, timeoutMs = 10_000): Promise<unknown> =>
  sandbox.runJsonata(expression, INPUT, { timeoutMs }, { steps: { fetch: { output: 5 } } });
const failureOf = async (expression: string, timeoutMs?: number): Promise<ScriptError> => {
  const outcome = await evaluate(expression, timeoutMs).catch((error: unknown) => error);
  if (outcome instanceof ScriptError) return outcome;
  throw new Error(`It did not fail: ${JSON.stringify(outcome)}`);
};

describe('A JSONata expression', () => {
  it.each<[string, unknown]>([
    ['order.lines[0].price', 2],
    ['$sum(order.lines.(price * count))', 11],
    ['{"total": $sum(order.lines.price), "names": $sort(names)}', { total: 7, names: ['a', 'b'] }],
    ['$map(names, function($name) { $uppercase($name) })', ['B', 'A']],
    ['order.lines[price > 9]', null],
    ['none', null],
    ['$steps.fetch.output + 1', 6],
    ['$eval("1 + 1")', 2],
    ['["", "a", "ab", "abc", "\u00e9\u00ff"].$base64encode()', ['', 'YQ==', 'YWI=', 'YWJj', '6f8=']],
    ['["", "YQ==", "YWI", "YWJj", "6f8="].$base64decode()', ['', 'a', 'ab', 'abc', '\u00e9\u00ff']],
    ['$', INPUT],
  ])('maps JSON to JSON: %s', async (expression, expected) => {
    expect(await evaluate(expression)).toEqual(expected);
  });

  it.each([
    ['a closing brace', '}{', /"}"/],
    ['half of one', 'order.', /end of expression/],
    ['an open text', '"x', /terminated/],
    ['many parentheses', '('.repeat(16_000), /.+/],
    ['a long one', '1'.repeat(20_000), /16384/],
  ])('is judged without running: %s', async (_what, expression, message) => {
    const [problem] = (await sandbox.check({ jsonata: [expression] })).jsonata.get(expression) ?? [];
    expect(problem?.message).toMatch(message);
    expect(await failureOf(expression)).toMatchObject({ kind: 'syntax', message: problem?.message });
  });

  it('is judged with others, each by itself', async () => {
    const slow = `a${'@$b.c'.repeat(3000)}`;
    const { lua, jsonata } = await sandbox.check({
      lua: ['return 1', 'return return'],
      jsonata: ['order.', slow, '$'],
    });
    expect([...lua.keys(), ...jsonata.keys()]).toEqual(['return return', 'order.']);
  });

  it('says what went wrong', async () => {
    expect(await failureOf('$error("mine")')).toMatchObject({ kind: 'runtime', message: 'mine' });
    expect(await failureOf('"a" + 1')).toMatchObject({ kind: 'runtime' });
    expect(await failureOf('{"sum": $sum}')).toMatchObject({
      kind: 'runtime',
      message: 'The result contains a function.',
    });
    expect(await failureOf('"a\\u0000"')).toMatchObject({
      kind: 'runtime',
      message: expect.stringMatching(/NUL/) as string,
    });
    expect(await failureOf('$pad("", 2000000, "x")')).toMatchObject({ kind: 'runtime' });
  });

  it.each([
    ['an endless tail call', '($f := function($x){$f($x)}; $f(1))'],
    ['a pattern that backtracks for ages', '$match($pad("", 50, "a") & "!", /^(a+)+$/)'],
    ['loops in loops', '$map([1..90000], function($x){$sum($map([1..90000], function($y){$x * $y}))})'],
  ])('is stopped when its time is over: %s', async (_what, expression) => {
    expect(await failureOf(expression, 300)).toMatchObject({ kind: 'timeout' });
    expect(await evaluate('1 + 1')).toBe(2);
  });

  it.each([
    ['a range of a hundred million', '[1..1e8]'],
    ['a range of a million', '[1..1000000]'],
    ['deep recursion', '($f := function($x){1 + $f($x)}; $f(1))'],
    ['a string of a thousand million', '$pad("", 1e9, "x")'],
  ])('is refused what cannot end well: %s', async (_what, expression) => {
    expect(await failureOf(expression)).toMatchObject({ kind: 'runtime' });
  });

  it.each([
    ['one huge text', '$count($split($pad("", 1e8, "x"), ""))', /longer than 4194304/],
    ['texts that grow', '$length($replace($pad("", 2e7, "x"), "x", "0123456789"))', /longer than 4194304/],
    [
      'texts that double',
      '($f := function($s, $n){$n = 0 ? $s : $f($s & $s, $n - 1)}; $f("x", 30))',
      /longer than 4194304/,
    ],
    [
      'texts that are joined',
      '$length($join($map([1..1000], function($x){$pad("", 20000, "x")})))',
      /longer than 4194304/,
    ],
    ['a text of everything', '$string($map([1..1000], function($x){$pad("", 20000, "x")}))', /longer than 4194304/],
    ['a long code', '$base64encode($pad("", 2000000, "x"))', /cannot be encoded/],
    ['a long list', '$count($split($pad("", 3000000, "x"), ""))', /longer than 1000000 items/],
  ])('is refused what is far too large before it is made: %s', async (_what, expression, message) => {
    expect(await failureOf(expression)).toMatchObject({
      kind: 'runtime',
      message: expect.stringMatching(message) as string,
    });
  });

  it('takes nothing down with it when memory is exhausted', async () => {
    const many = '$count($map([1..5000], function($x) { $uppercase($pad("", 50000, "x") & $string($x)) }))';
    expect(await failureOf(many, MAX_SCRIPT_TIMEOUT_MS)).toMatchObject({ kind: 'memory' });
    expect(await evaluate('1 + 1')).toBe(2);
  }, 60_000);

  it('maps data with any key', async () => {
    const odd = JSON.parse(
      '{"constructor": {"n": 1}, "__proto__": {"p": 5}, "toString": "x", "hasOwnProperty": [1], "valueOf": null, "a": 2}',
    ) as object;
    const over = (expression: string): Promise<unknown> =>
      sandbox.runJsonata(expression, odd, { timeoutMs: 10_000 }, { odd });
    expect(JSON.stringify(await over('$'))).toBe(JSON.stringify(odd));
    expect(await over('$odd')).toEqual(odd);
    expect(await over('constructor.n + a')).toBe(3);
    expect(await over('toString & "y"')).toBe('xy');
    expect(await over('$lookup($, "constructor").n')).toBe(1);
    expect(await over('$keys($)')).toEqual(Object.keys(odd));
    expect(await over('{"constructor": a, "x": toString}')).toEqual({ constructor: 2, x: 'x' });
    expect(await over('$each($, function($value, $key) { $key })')).toEqual(Object.keys(odd));
    expect(JSON.stringify(await over('$merge([$, {"b": 1}])'))).toBe(`${JSON.stringify(odd).slice(0, -1)},"b":1}`);
    expect(await over('__proto__.p + $odd.__proto__.p')).toBe(10);
    expect(JSON.stringify(await over('{"__proto__": a, "x": __proto__}'))).toBe('{"__proto__":2,"x":{"p":5}}');
    expect(await over('$sift($, function($value, $key) { $key = "__proto__" })')).toEqual(
      JSON.parse('{"__proto__":{"p":5}}'),
    );
  });

  it.each([
    '{}.constructor',
    '"x".constructor',
    '$sum.constructor',
    '$lookup({}, "__proto__")',
    '$lookup($sum, "implementation").constructor',
    '$eval("process")',
    '$eval("globalThis")',
  ])('finds no way out of its world: %s', async (expression) => {
    expect(
      await evaluate(expression).catch((error: unknown) => (error instanceof ScriptError ? null : error)),
    ).toBeNull();
  });
});
