import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TenantContext } from '../../../src/common/tenancy/tenant-context.js';
import { Conditions } from '../../../src/modules/scripting/sandbox/conditions.service.js';
import { ExpressionChecker } from '../../../src/modules/scripting/sandbox/expression-checker.service.js';
import { SCOPE_VARIABLES } from '../../../src/modules/scripting/sandbox/expression-scope.types.js';
import { ScriptError } from '../../../src/modules/scripting/sandbox/script.errors.js';
import { ScriptSandbox } from '../../../src/modules/scripting/sandbox/script-sandbox.service.js';
import type { ScriptProblem } from '../../../src/modules/scripting/sandbox/script.types.js';

const SCOPE = {
  input: { n: 5, price: 1.5, name: 'Ada', tags: ['new', 'paid'], amounts: [1, 2, 3], empty: null },
  trigger: { source: 'test' },
  steps: { 'fetch-data': { output: { status: 200 } } },
  run: { id: 'r' },
};

const sandbox = new ScriptSandbox({ find: () => undefined } as unknown as TenantContext);
afterAll(() => sandbox.onApplicationShutdown());
const conditions = new Conditions(sandbox);
const checker = new ExpressionChecker(sandbox);

/** Of which variables the scope is, by its names. */
const evaluate = (cel: string, scope: object): Promise<boolean> =>
  conditions.evaluate(cel, scope, { variables: [...new Set([...SCOPE_VARIABLES, ...Object.keys(scope)])] });

const check = async (cel: string, variables: readonly string[] = SCOPE_VARIABLES): Promise<ScriptProblem[]> =>
  (await checker.conditions([cel], variables)).get(cel) ?? [];

async function failureOf(cel: string, scope: object): Promise<ScriptError> {
  const outcome = await evaluate(cel, scope).catch((error: unknown) => error);
  if (outcome instanceof ScriptError) return outcome;
  throw new Error(`It did not fail: ${String(outcome)}`);
}

/** How often a sandbox process is asked to evaluate something. */
function countingSandbox(): { conditions: Conditions; asked: () => number } {
  let asked = 0;
  const counting = {
    evaluateCondition: (...args: Parameters<ScriptSandbox['evaluateCondition']>) => {
      asked += 1;
      return sandbox.evaluateCondition(...args);
    },
  };
  return { conditions: new Conditions(counting as unknown as ScriptSandbox), asked: () => asked };
}

/** So often that even what takes a millionth of the time that a condition has takes far more than that, on any machine. */
function repeated(cel: string): string {
  return ['a', 'b', 'c'].reduce((inner, name) => `input.times.all(${name}, ${inner})`, cel);
}
const TIMES = new Array(3000).fill(1);

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
  ])('reads JSON as people do: %s is %s', async (cel, expected) => {
    expect(await check(cel)).toEqual([]);
    expect(await evaluate(cel, SCOPE)).toBe(expected);
    const inProcess = await sandbox.evaluateCondition(cel, () => SCOPE, SCOPE_VARIABLES);
    expect(inProcess).toBe(expected);
  });

  it.each([
    ['half of one', 'input.n >', 'syntax', /unexpected token/i],
    ['an unknown name', 'inptu.n > 3', 'syntax', /unknown variable: inptu/i],
    ['types that do not fit', '"a" + 1 == "a1"', 'type', /no such overload/i],
    ['a number', 'size(input.tags)', 'type', /true or false.*int/],
    ['a long one', `input.n > ${'1'.repeat(5000)}`, 'too_long', /4096/],
  ])('is judged before it is used: %s', async (_what, cel, code, message) => {
    expect(await check(cel)).toEqual([
      expect.objectContaining({
        code: expect.stringMatching(`^(${code}|type|syntax)$`),
        message: expect.stringMatching(message),
      }),
    ]);
  });

  it('may use other names where it is told so', async () => {
    expect(await check('event.payload.total > 3', ['event'])).toEqual([]);
    expect(await check('input.n > 3', ['event'])).toHaveLength(1);
  });

  it.each([
    ['input.n >', 1, 10],
    ['input.n > 3 &&\n  (input.price > ', 2, 18],
    ['true &&\n inptu.n > 3', 2, 2],
    ['"ä😀" + 1 == "a1"', 1, 1],
    ['input.list.all(a, a.matches("x") && nothing)', 1, 37],
  ])('has its mistakes at the same place when it is judged and when it is used: %j', async (cel, line, column) => {
    const [problem] = await check(cel);
    expect(problem).toMatchObject({ line, column });
    expect(await failureOf(cel, SCOPE)).toMatchObject({ kind: 'syntax', message: problem!.message, line, column });
  });

  it('says where the data does not fit', async () => {
    expect(await failureOf('true &&\n input.missing > 1', SCOPE)).toMatchObject({ line: 2, column: 8 });
    expect(await failureOf('true &&\n input.tags.map(t, t.missing) == []', SCOPE)).toMatchObject({
      line: 2,
      column: 22,
    });
  });

  it.each([
    ['input.missing > 1', /No such key: missing/],
    ['input.name > 3', /no such overload/i],
    ['input.n', /true or false.*number/],
    ['input.tags.map(t, t)[0]', /true or false.*string/],
  ])('fails clearly where the data does not fit: %s', async (cel, message) => {
    expect(await failureOf(cel, SCOPE)).toMatchObject({
      kind: 'runtime',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ['timestamp("2030-01-31T12:00:00+02:00") == timestamp("2030-01-31T10:00:00Z")', true],
    ['timestamp(input.at) < timestamp("2030-01-01T00:00:00Z")', false],
    ['timestamp(1893456000) == timestamp("2030-01-01T00:00:00Z")', true],
    ['timestamp(input.at).getFullYear() == 2030', true],
  ])('compares times, here and in a process: %s is %s', async (cel, expected) => {
    const scope = { ...SCOPE, input: { at: '2030-01-31T12:00:00Z' } };
    expect(await check(cel)).toEqual([]);
    expect(await evaluate(cel, scope)).toBe(expected);
    expect(await sandbox.evaluateCondition(cel, () => scope, SCOPE_VARIABLES)).toBe(expected);
  });

  it.each(['2030-02-30T00:00:00Z', '2030-01-31T12:00:00.000', '2030-W05', '9999-12-31T23:59:59-01:00'])(
    'takes no time for one that is none: %s',
    async (at) => {
      const cel = 'timestamp(input.at) > timestamp("2020-01-01T00:00:00Z")';
      expect(await failureOf(cel, { ...SCOPE, input: { at } })).toMatchObject({
        kind: 'runtime',
        message: expect.stringContaining('RFC 3339') as string,
      });
    },
  );

  it.each(['input.constructor.name == "Object"', 'input.__proto__ == null', 'input["constructor"] != null'])(
    'sees own members only: %s',
    async (cel) => {
      expect((await failureOf(cel, SCOPE)).message).toMatch(/No such key/);
    },
  );

  describe('over data with odd keys', () => {
    const odd = JSON.parse(
      '{"constructor": {"n": 1}, "__proto__": {}, "toString": "x", "prototype": [1], "hasOwnProperty": null, "a": 1}',
    ) as object;
    const scope = { ...SCOPE, input: { odd, list: [odd, { a: 1 }], other: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 } } };

    it.each([
      ['input.odd.constructor.n == 1', true],
      ['input.odd["constructor"].n == 1', true],
      ['input.odd.?constructor.orValue({}) == {"n": 1}', true],
      ['has(input.odd.constructor.n) && !has(input.odd.valueOf)', true],
      ['has(input.odd.__proto__) && size(input.odd.__proto__) == 0', true],
      ['input.odd.toString == "x" && input.odd.prototype[0] == 1', true],
      ['"constructor" in input.odd && "__proto__" in input.odd && !("valueOf" in input.odd)', true],
      ['input.list.exists(each, each.a == 1 && each.?constructor.hasValue())', true],
      ['input.list.filter(each, has(each.constructor)).size() == 1', true],
      ['input.list.map(each, each.a) == [1, 1]', true],
      ['input.odd.all(key, key.size() > 0) && size(input.odd) == 6', true],
      ['input.odd == input.list[0] && input.odd != input.other', true],
      ['{"constructor": 1, "__proto__": 2}.constructor == 1', true],
      ['{"constructor": 1} == input.list[1]', false],
      ['input.other == input.odd', false],
    ])('%s is %s', async (cel, expected) => {
      expect(await check(cel)).toEqual([]);
      expect(await evaluate(cel, scope)).toBe(expected);
      expect(await sandbox.evaluateCondition(cel, () => scope, SCOPE_VARIABLES)).toBe(expected);
    });
  });

  it.each([
    ['a pattern that backtracks for ages', 'input.text.matches("^(a+)+$")', { text: `${'a'.repeat(50)}!` }],
    ['one behind a comment', 'input.text.matches // harmless\n("^(a+)+$")', { text: `${'a'.repeat(50)}!` }],
    ['loops in loops in loops', repeated('a + b + c > 0.0'), {}],
    [
      'lists that grow and grow',
      repeated(`size(${Array.from({ length: 90 }, () => 'input.list').join(' + ')}) > 0`),
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
  ])('is stopped: %s', async (_what, cel, input) => {
    expect((await failureOf(cel, { input: { ...input, times: TIMES } })).kind).toMatch(/timeout|memory|runtime/);
    expect(await evaluate('input.n > 3', SCOPE)).toBe(true);
  });

  it.each([
    ['texts that double', `["一"]${'.map(a, a + a)'.repeat(28)}.exists(a, a.endsWith("y"))`],
    ['lists that double', `[[1]]${'.map(a, a + a)'.repeat(28)}.exists(a, a.size() == 7)`],
    ['things in things', `[input]${'.map(a, [a, a])'.repeat(28)} == [input]${'.map(a, [a, a])'.repeat(28)}`],
    ['texts that are joined', `["x"]${'.map(a, [a, a].join(a))'.repeat(20)}.exists(a, a.endsWith("y"))`],
    [
      'texts that are split',
      '["x"].map(a, (a + a).split("")).exists(a, a.size() > 5)' +
        ' || input.text.split("").map(a, input.text.split("")).size() == 1',
    ],
    [
      'names for names',
      `${Array.from({ length: 25 }, (_, n) => `cel.bind(v${n + 1}, v${n} + v${n}, `)
        .join('')
        .replace('v0 + v0', 'input.text + input.text')}v25.endsWith("y")${')'.repeat(25)}`,
    ],
  ])('cannot take this process down by %s', async (_what, cel) => {
    const before = process.memoryUsage.rss();
    const scope = { ...SCOPE, input: { text: 'x'.repeat(10_000), list: [1] } };
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => evaluate(cel, scope).catch((error: unknown) => error)),
    );
    for (const outcome of outcomes) expect(outcome === false || outcome instanceof ScriptError).toBe(true);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1_048_576);
    expect(await evaluate('input.n > 3', SCOPE)).toBe(true);
  });

  it('holds nobody up while it takes its time', async () => {
    let isOver = false;
    let turns = 0;
    const text = `${'a'.repeat(50)}!`;
    const all = Array.from({ length: 3 }, () => failureOf('input.text.matches("^(a+)+$")', { input: { text } }));
    void Promise.all(all).finally(() => (isOver = true));
    for (; !isOver; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    for (const failure of await Promise.all(all)) expect(failure.kind).toBe('timeout');
    expect(turns).toBeGreaterThan(100);
  });

  it('is evaluated here where that costs next to nothing, and nowhere else', async () => {
    const { conditions: counted, asked } = countingSandbox();
    const cheap = [
      'input.n > 3 && input.name == "Ada" || input.n + 1 == 6',
      'input.name.startsWith("A") && input.tags.size() == 2',
      'input.tags.exists(tag, tag == "paid") && "new" in input.tags',
      'steps["fetch-data"].output.status in [200, 201]',
      'has(input.missing) || input.?missing.orValue("none") == "none"',
    ];
    for (const cel of cheap) expect(await counted.evaluate(cel, SCOPE)).toBe(true);
    expect(asked()).toBe(0);
    // What it does not read may be of any size.
    expect(await counted.evaluate(cheap[2]!, { ...SCOPE, trigger: new Array(1_000_000).fill('x') })).toBe(true);
    expect(asked()).toBe(0);
    const tags = [...new Array<string>(100_000).fill('x'), 'new', 'paid'];
    expect(await counted.evaluate(cheap[2]!, { ...SCOPE, input: { tags } })).toBe(true);
    expect(asked()).toBe(1);
  });

  it('is sent no more than it reads', async () => {
    const scope = { ...SCOPE, steps: { large: { output: 'x'.repeat(5_000_000) }, small: { output: { id: 'ab' } } } };
    expect(await evaluate('steps.small.output.id.matches("^a")', scope)).toBe(true);
    expect((await failureOf('steps.large.output.matches("^a")', scope)).message).toMatch(/input is longer/);
    expect((await failureOf('steps.none.output.matches("^a")', scope)).message).toMatch(/No such key: none/);
  });

  it.each(['input.list.exists(a, a.n == 3)', 'input.n > 3', 'input.name.startsWith("A")'])(
    'that is remembered keeps nothing of its last data: %s',
    async (cel) => {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      const references: WeakRef<object>[] = [];
      await (async () => {
        const input = { n: 5, name: 'Ada', list: [{ n: 3 }] };
        references.push(new WeakRef(input), new WeakRef(input.list[0]!));
        expect(await evaluate(cel, { input })).toBe(true);
      })();
      // A turn, so that nothing of the evaluation is on the stack any more.
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      expect(references.map((reference) => reference.deref())).toEqual([undefined, undefined]);
    },
  );
});

describe('The verdicts on conditions', () => {
  it('are remembered', async () => {
    const asked: string[][] = [];
    const counting = {
      checkConditions: (list: { condition: string; variables: readonly string[] }[]) => {
        asked.push(list.map(({ condition }) => condition));
        return sandbox.checkConditions(list);
      },
    } as unknown as ScriptSandbox;
    const remembering = new ExpressionChecker(counting);
    const texts = Array.from({ length: 120 }, (_, n) => (n === 7 ? 'input.n >' : `input.n == ${n}`));
    const first = await remembering.conditions(texts, SCOPE_VARIABLES);
    expect(asked.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(await remembering.conditions(texts, SCOPE_VARIABLES)).toEqual(first);
    expect(asked).toHaveLength(3);
    expect([...first].filter(([, problems]) => problems.length > 0).map(([text]) => text)).toEqual(['input.n >']);
    await remembering.conditions([texts[0]!, 'input.n == 1000'], SCOPE_VARIABLES);
    expect(asked.at(-1)).toEqual(['input.n == 1000']);
    // Other names are another question.
    expect((await remembering.conditions([texts[0]!], ['event'])).get(texts[0]!)).toHaveLength(1);
  });
});
