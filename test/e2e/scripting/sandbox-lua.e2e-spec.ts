import type { TenantContext } from '../../../src/common/tenancy/tenant-context.js';
import { ScriptError } from '../../../src/modules/scripting/sandbox/script.errors.js';
import { ScriptSandbox } from '../../../src/modules/scripting/sandbox/script-sandbox.service.js';
import {
  LUA_GLOBALS,
  type LuaOutcome,
  type ScriptLimits,
} from '../../../src/modules/scripting/sandbox/script.types.js';

const LIMITS: ScriptLimits = { timeoutMs: 10_000, memoryBytes: 10_485_760 };
const BRIEF: ScriptLimits = { ...LIMITS, timeoutMs: 300 };

const sandbox = new ScriptSandbox({ find: () => undefined } as unknown as TenantContext);
afterAll(() => sandbox.onApplicationShutdown());

const run = (code: string, globals: Record<string, unknown> = {}, limits = LIMITS): Promise<LuaOutcome> =>
  sandbox.runLua(code, globals, limits);
const resultOf = async (code: string, globals?: Record<string, unknown>): Promise<unknown> =>
  (await run(code, globals)).result;
const failureOf = async (code: string, limits = LIMITS): Promise<ScriptError> => {
  const outcome = await run(code, {}, limits).catch((error: unknown) => error);
  if (outcome instanceof ScriptError) return outcome;
  throw new Error(`It did not fail: ${JSON.stringify(outcome)}`);
};

describe('A Lua script', () => {
  it.each<[string, unknown]>([
    ['return 1 + 1', 2],
    ['return 7 // 2, "only the first value counts"', 3],
    ['return 0.5', 0.5],
    ['return 9007199254740993', '9007199254740993'],
    ['return "grün"', 'grün'],
    ['return nil', null],
    ['local nothing = 1', null],
    ['return {1, 2, {a = true}}', [1, 2, { a: true }]],
    ['return {a = {b = "c"}, [1] = 2}', { 1: 2, a: { b: 'c' } }],
    ['return {[2] = "b", [5] = "e"}', { 2: 'b', 5: 'e' }],
    ['return {}', {}],
    ['return array()', []],
    ['return {list = array({nil, 2})}', { list: [null, 2] }],
    ['return {[1.0] = "a"}', ['a']],
    ['return string.format("%s-%d", "x", 3), utf8.char(228)', 'x-3'],
    ['local t = {3, 1, 2} table.sort(t) return table.concat(t, ",")', '1,2,3'],
    ['local co = coroutine.wrap(function() coroutine.yield(4) end) return co()', 4],
    ['local ok, problem = pcall(error, {code = 7}) return problem.code', 7],
  ])('returns JSON: %s', async (code, expected) => {
    expect(await resultOf(code)).toEqual(expected);
  });

  it('gets its input and gives it back as it was', async () => {
    const input = {
      text: 'a"\\\n€😀',
      integer: -3,
      large: 2 ** 53,
      fraction: 0.1,
      yes: true,
      empty: [],
      list: [1, null, { deep: ['x'] }],
      object: { '1': 'one', '': 'empty' },
    };
    expect(await resultOf('return input', { input })).toEqual(input);
    expect(await resultOf('return math.type(input.integer) .. math.type(input.fraction)', { input })).toBe(
      'integerfloat',
    );
    expect(await resultOf('return input.nothing == nil', { input: { nothing: null } })).toBe(true);
  });

  it('takes data with any key', async () => {
    const text = '{"constructor":{"n":1},"toString":"x","__proto__":{"y":[2]},"hasOwnProperty":true,"prototype":"p"}';
    const odd = JSON.parse(text) as object;
    const result = await resultOf('return {input = input, n = input.constructor.n, y = input.__proto__.y[1]}', {
      input: odd,
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual({ input: JSON.parse(text) as object, n: 1, y: 2 });
    expect(JSON.stringify(result)).toContain('"__proto__":{"y":[2]}');
    expect(await resultOf('return {["constructor"] = 1, ["__proto__"] = {a = 1}}')).toEqual(
      JSON.parse('{"constructor":1,"__proto__":{"a":1}}'),
    );
  });

  it('says what it logged, also when it failed', async () => {
    expect((await run('log("a", 1, {b = 2}) print(nil, true) return 1')).logs).toEqual(['a\t1\t{"b":2}', 'null\ttrue']);
    expect(await failureOf('log("before") error("boom")')).toMatchObject({
      message: 'boom',
      line: 1,
      logs: ['before'],
    });
  });

  it('logs so much and no more', async () => {
    const { logs } = await run('for i = 1, 1000 do log(("x"):rep(5000)) end');
    expect(logs.length).toBeLessThanOrEqual(201);
    expect(logs.join('').length).toBeLessThan(70_000);
    expect(logs.at(-1)).toMatch(/rest was omitted/);
  });

  it('sees nothing but its input and what is allowed', async () => {
    const names =
      'local names = {} for name in pairs(_ENV) do names[#names + 1] = name end table.sort(names) return names';
    expect(await resultOf(names, { input: 1 })).toEqual([...LUA_GLOBALS, 'input'].sort());
    const few = { ...LIMITS, allowedGlobals: ['pairs', 'table', 'os', 'io', 'load'] };
    expect((await run(names, { input: 1 }, few)).result).toEqual(['input', 'pairs', 'table']);
    expect(await run('return ("x").rep == nil', {}, { ...LIMITS, allowedGlobals: ['pairs'] }).catch(String)).toMatch(
      /attempt to index a string value/,
    );
  });

  it.each([
    'os',
    'io',
    'debug',
    'package',
    'require',
    'dofile',
    'loadfile',
    'load',
    'loadstring',
    'collectgarbage',
    '_G',
  ])('has no %s', async (name) => {
    expect(await resultOf(`return ${name} == nil`)).toBe(true);
  });

  it('begins in a new world each time', async () => {
    await run('string.upper = function() return "mine" end getmetatable("").__index = {} left = 1');
    expect(await resultOf('return {("a"):upper(), tostring(left)}')).toEqual(['A', 'nil']);
  });

  it.each<[string, RegExp]>([
    ['return print', /contains a function/],
    ['return {a = {function() end}}', /contains a function/],
    ['return coroutine.create(print)', /contains a coroutine/],
    ['local t = {} t.self = {t} return t', /contains itself/],
    ['return 0/0', /NaN/],
    ['return math.huge', /Infinity/],
    ['return "\\255"', /not UTF-8/],
    ['return "a\\0b"', /NUL/],
    ['return {[true] = 1}', /neither a string nor an integer/],
    ['return {[0.5] = 1}', /neither a string nor an integer/],
    ['local t = {} for i = 1, 70 do t = {t} end return t', /64 levels/],
    ['local t = {} for i = 1, 150000 do t[i] = i end return t', /100000 values/],
    ['return ("x"):rep(2000000)', /longer than 1048576/],
  ])('returns nothing but JSON: %s', async (code, message) => {
    expect(await failureOf(code)).toMatchObject({ kind: 'runtime', message: expect.stringMatching(message) as string });
  });

  it.each<[string, Partial<ScriptError>]>([
    ['x = = 1', { kind: 'syntax', line: 1 }],
    ['return 1\nreturn 2', { kind: 'syntax', line: 2 }],
    ['\x1bLua', { kind: 'syntax', message: expect.stringContaining('binary chunk') as string }],
    ['local x\nx.y = 1', { kind: 'runtime', line: 2 }],
    ['error({message = "mine"})', { kind: 'runtime', message: 'mine' }],
    ['error({code = 3})', { kind: 'runtime', message: '{"code":3}' }],
    ['error()', { kind: 'runtime', message: 'The script failed without a message.' }],
    ['error(print)', { kind: 'runtime' }],
    ['coroutine.yield(1)', { kind: 'runtime', message: expect.stringContaining('yield') as string }],
  ])('fails with a kind, a message and a line: %s', async (code, failure) => {
    expect(await failureOf(code)).toMatchObject(failure);
  });

  it.each([
    ['a loop', 'while true do end'],
    ['a loop under pcall', 'while true do pcall(function() while true do end end) end'],
    [
      'a loop in a coroutine',
      'coroutine.wrap(function() pcall(function() while true do end end) while true do end end)()',
    ],
    ['a pattern that backtracks for ages', 'return ("a"):rep(40):find(("a*"):rep(30) .. "b")'],
    ['a loop in a metamethod of strings', 'getmetatable("").__index = function() while true do end end return ("x").y'],
    [
      'a loop in a finalizer',
      'setmetatable({}, {__gc = function() while true do end end}) while true do local t = {} end',
    ],
    [
      'a loop in __close',
      'local c <close> = setmetatable({}, {__close = function() while true do end end}) error("x")',
    ],
    ['a loop in an error handler', 'xpcall(error, function() while true do end end)'],
    ['an endless sort', 'table.sort({3, 2, 1}, function() while true do end end)'],
  ])('is stopped when its time is over: %s', async (_what, code) => {
    expect(await failureOf(code, BRIEF)).toMatchObject({
      kind: 'timeout',
      message: 'The script took longer than 300 ms.',
    });
    expect(await resultOf('return 1')).toBe(1);
  });

  it.each([
    ['one long string', 'return #string.rep("x", 1e9)'],
    ['strings that double', 'local s = "x" while true do s = s .. s end'],
    ['a growing table', 'local t = {} for i = 1, 1e9 do t[i] = i end'],
    ['many tables', 'local t = {} for i = 1, 1e9 do t[i] = {} end'],
    ['a long separator', 'return #table.concat({1, 2, 3}, string.rep("x", 8e6))'],
    ['deep recursion', 'local function f(n) return 1 + f(n + 1) end return f(1)'],
    [
      'memory errors caught again and again',
      'while true do local ok = pcall(string.rep, "x", 1e9) if not ok then error("full") end end',
    ],
  ])('cannot take more memory than it may: %s', async (_what, code) => {
    const { kind, message } = await failureOf(code);
    expect(`${kind}: ${message}`).toMatch(/^(memory: not enough memory|runtime: (full|.*stack overflow.*))/);
    expect(await resultOf('return 1')).toBe(1);
  });

  it('has the memory that it was given', async () => {
    const code = 'return #string.rep("x", 4000000)';
    expect(await failureOf(code, { ...LIMITS, memoryBytes: 2_000_000 })).toMatchObject({ kind: 'memory' });
    expect((await run(code, {}, { ...LIMITS, memoryBytes: 20_000_000 })).result).toBe(4_000_000);
  });

  it.each([
    [
      'calls through metamethods',
      'local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) return t[1]',
    ],
    ['coroutines in coroutines', 'local function f() return coroutine.wrap(f)() end return f()'],
    ['pcall in pcall', 'local function f(n) local ok, e = pcall(f, n + 1) error(e, 0) end f(1)'],
    ['patterns', 'return ("("):rep(100000):find(("("):rep(100000))'],
    [
      'tostring',
      'local t = setmetatable({}, {}) getmetatable(t).__tostring = function() return tostring(t) end tostring(t)',
    ],
    ['unpacking', 'return table.unpack({}, 1, 1e7)'],
  ])('cannot exhaust the native stack: %s', async (_what, code) => {
    expect((await failureOf(code)).kind).toMatch(/runtime|memory/);
    expect(await resultOf('return 1')).toBe(1);
  });

  it('is judged without running', async () => {
    expect(await sandbox.checkLua('while true do end')).toEqual([]);
    expect(await sandbox.checkLua('local x = 1\nx = = 2')).toEqual([
      { code: 'syntax', message: "unexpected symbol near '='", line: 2 },
    ]);
    expect(await sandbox.checkLua(`return "${'x'.repeat(300_000)}"`)).toEqual([
      expect.objectContaining({ code: 'too_long' }),
    ]);
  });
});
