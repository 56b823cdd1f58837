import type { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { ScriptSandbox } from './script-sandbox.js';

describe('smoke', () => {
  const sandbox = new ScriptSandbox({ find: () => undefined } as unknown as TenantContext);
  afterAll(() => sandbox.onApplicationShutdown());
  const L = { timeoutMs: 1000, memoryBytes: 10e6 };
  it.each([
    'return 1+1',
    'return {1,2,3}',
    'return input',
    'return {}',
    'return array()',
    'return {a={b=1}, [1]=2}',
    'print("x", {a=1}) return nil',
    'return print',
    'local t={} t.t=t return t',
    'return 0/0',
    'return "\\255"',
    'while true do end',
    'return string.rep("x", 1e9)',
    'local t={} for i=1,1e9 do t[i]=i end',
    'local function f() return 1+f() end return f()',
    'local function f() f() end f()',
    'pcall(function() while true do end end) return 1',
    'coroutine.wrap(function() while true do end end)()',
    'return ("a"):rep(40):find(("a*"):rep(30).."b")',
    'error("boom")',
    'error({message="m"})',
    'return os',
    'return load',
    'x = = 1',
    '\x1bLua',
    'getmetatable("").__index = function() while true do end end return ("x").y',
    'local t = setmetatable({}, {__index=function(t,k) return t[k+1] end}) return t[1]',
    'local s="x" while true do s=s..s end',
    'return string.format("%99999d", 1)',
    'local a={} for k in pairs(_ENV) do a[#a+1]=k end table.sort(a) return a',
    'return 9007199254740993',
    'return pcall(string.rep, "x", -1)',
    'local co = coroutine.create(function() local ok = pcall(function() local t = setmetatable({}, {__gc=function() while true do end end}) t=nil for i=1,1e7 do local x={} end end) end) coroutine.resume(co) return 1',
    'local function f(n) return pcall(f, n+1) end return f(1)',
    'local s = string.rep("(", 200000) return s:find(s)',
    'return table.concat({1,2,3}, string.rep("x", 1e8))',
    'return utf8.char(228), math.type(1)',
    'coroutine.yield(1)',
    'for i=1,300 do print(i) end return 1',
    'return table.unpack({}, 1, 1e7)',
    'local t = {} for i=1,200000 do t[i]=1 end return t',
    'error()',
    'error(nil)',
    'error(print)',
  ])('%s', async (code) => {
    const t = performance.now();
    const out = await sandbox
      .runLua(code, { input: { n: 1, list: [], items: [1, null, { a: 'ä' }], f: 1.5, big: 2 ** 53 } }, L)
      .catch((e) => e);
    process.stdout.write(
      `${code.slice(0, 90)}  =>  ${out instanceof Error ? `${out.name} ${(out as any).kind} line ${(out as any).line} ${out.message} ${JSON.stringify((out as any).logs)}` : JSON.stringify(out).slice(0, 300)} ${(performance.now() - t).toFixed(0)}ms\n`,
    );
  });
  it.each([
    'a.b',
    '$sum(input.items[0])',
    '($f := function($x){$f($x)}; $f(1))',
    '($f := function($x){1+$f($x)}; $f(1))',
    '[1..1e8]',
    '[1..200000]',
    '$pad("",1e9,"x")',
    '$count($split($pad("",1e8,"x"),""))',
    '$map([1..90000], function($v){$pad("", 1000, "x") & $v})',
    '$match($pad("",40,"a") & "!", /(a+)+$/)',
    '$sum',
    '{"a": $sum}',
    '{}.constructor',
    '$eval("1+1")',
    '$now()',
    '1/0',
    '$steps.x',
    '$replace($pad("",10000000,"x"), "x", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")',
    '$spread($split($pad("",20000000,"x"),""))',
    '}{',
    '$error("no")',
    'input.items.($)',
  ])('%s', async (code) => {
    const t = performance.now();
    const out = await sandbox
      .runJsonata(code, { input: { n: 1, items: [1, null, { a: 'ä' }] } }, L, { steps: { x: 5 } })
      .catch((e) => e);
    process.stdout.write(
      `${code.slice(0, 90)}  =>  ${out instanceof Error ? `${out.name} ${(out as any).kind} ${out.message}` : JSON.stringify(out)?.slice(0, 200)} ${(performance.now() - t).toFixed(0)}ms\n`,
    );
  });
});
