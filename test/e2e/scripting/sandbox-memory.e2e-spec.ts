import { readFileSync } from 'node:fs';
import { CAN_LIMIT_MEMORY } from '../../../src/modules/scripting/sandbox/child-memory.js';
import type { SandboxRequest } from '../../../src/modules/scripting/sandbox/process/sandbox-protocol.types.js';
import { CONDITIONS, SCRIPTS, type SandboxKind } from '../../../src/modules/scripting/sandbox/sandbox-languages.js';
import { SandboxProcess } from '../../../src/modules/scripting/sandbox/sandbox-process.js';
import { ScriptError } from '../../../src/modules/scripting/sandbox/script.errors.js';
import { LUA_GLOBALS, MAX_SCRIPT_MEMORY_BYTES } from '../../../src/modules/scripting/sandbox/script.types.js';

const LIMITS = { timeoutMs: 3000, maxResultLength: 1_048_576 };
const MIB = 1_048_576;

const jsonata = (expression: string): SandboxRequest => ({
  kind: 'jsonata',
  expression,
  input: 'null',
  bindings: '{}',
  ...LIMITS,
});
const lua = (code: string, globals = '{}'): SandboxRequest => ({
  kind: 'lua',
  code,
  globals,
  memoryBytes: MAX_SCRIPT_MEMORY_BYTES,
  allowedGlobals: LUA_GLOBALS,
  ...LIMITS,
});
const condition = (cel: string): SandboxRequest => ({
  kind: 'condition',
  condition: cel,
  variables: ['input'],
  scope: '{"input":["x"]}',
  cpuMs: 1000,
  timeoutMs: 3000,
});

const DOUBLING = '$f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }';
const SCRIPT_BOMBS: [string, SandboxRequest][] = [
  ['one long text', jsonata('$length($pad("", 2e8, "x"))')],
  ['a text that doubles', jsonata(`(${DOUBLING}; $length($uppercase($f("一一一一", 25))))`)],
  ['texts that are joined', jsonata('$length($join($map([1..3000], function($x) { $pad("", 20000, "x") })))')],
  [
    'a text that is replaced',
    jsonata('$length($uppercase($replace($pad("", 100, "x"), "x", $pad("", 4000000, "y"))))'),
  ],
  ['a text that is encoded', jsonata('$length($encodeUrlComponent($pad("", 1e8, "一")))')],
  ['a text that is split', jsonata('$count($split($pad("", 4000000, "x"), ""))')],
  ['many texts', jsonata('$count($map([1..5000], function($x) { $uppercase($pad("", 50000, "x") & $string($x)) }))')],
  ['a picture of a number', jsonata('$length($formatNumber(1, $pad("", 4000000, "0")))')],
  ['text made of everything', jsonata('$length($string($map([1..1000], function($x) { $pad("", 50000, "x") })))')],
  ['a table that grows', lua('local t = {} for i = 1, 1e9 do t[i] = i end')],
  ['one long string', lua('return #string.rep("x", 6e7)')],
  [
    'strings that are caught',
    lua('while true do local ok = pcall(string.rep, "x", 1e9) if not ok then error("full") end end'),
  ],
  ['a large input', lua('return 1', `{"input":[${new Array(1_300_000).fill('[]').join()}]}`)],
];
const CONDITION_BOMBS: [string, SandboxRequest][] = [
  ['texts that double', condition(`input${'.map(a, a + a)'.repeat(28)}.exists(a, a.endsWith("y"))`)],
  ['lists that double', condition(`[input]${'.map(a, a + a)'.repeat(28)}.exists(a, a.size() == 7)`)],
];

/** What the process has had in memory at most, in bytes. Read until it has ended. */
function peakOf(sandbox: SandboxProcess): { stop: () => number } {
  let peak = 0;
  const read = (): void => {
    try {
      const text = readFileSync(`/proc/${sandbox.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024);
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(read, 2);
  return {
    stop: () => {
      clearInterval(timer);
      read();
      return peak;
    },
  };
}

async function takenBy(
  kind: SandboxKind,
  request: SandboxRequest,
  canLimit: boolean,
): Promise<{ bytes: number; error: unknown }> {
  const harmless = kind === SCRIPTS ? jsonata('1') : condition('true');
  const sandbox = new SandboxProcess(kind, canLimit);
  try {
    await sandbox.run(harmless);
    const idle = peakOf(sandbox).stop();
    const peak = peakOf(sandbox);
    const error = await sandbox.run(request).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { bytes: peak.stop() - idle, error };
  } finally {
    sandbox.kill();
  }
}

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux('The memory of a sandbox process', () => {
  // The first one of a kind shows what the next ones are limited to.
  beforeAll(async () => {
    for (const [kind, request] of [
      [SCRIPTS, jsonata('1')],
      [CONDITIONS, condition('true')],
    ] as const) {
      const first = new SandboxProcess(kind);
      await first.run(request);
      expect(first.isProvisional).toBe(CAN_LIMIT_MEMORY);
      first.kill();
    }
  });

  it('can be limited by the operating system here', async () => {
    expect(CAN_LIMIT_MEMORY).toBe(true);
    const next = new SandboxProcess(SCRIPTS);
    await next.run(jsonata('1'));
    expect(next.isProvisional).toBe(false);
    const limits = readFileSync(`/proc/${next.pid}/limits`, 'utf8');
    expect(limits).toMatch(/Max data size +\d+/);
    next.kill();
  });

  describe.each([
    ['limited by the operating system', true],
    ['watched', false],
  ])('%s', (_, canLimit) => {
    it.each(SCRIPT_BOMBS)('holds what scripts are promised: %s', async (_what, request) => {
      const { bytes, error } = await takenBy(SCRIPTS, request, canLimit);
      if (error !== undefined) expect(error).toBeInstanceOf(ScriptError);
      // What is watched may take a little more until somebody looks.
      expect(bytes / MIB).toBeLessThan((SCRIPTS.memoryBytes / MIB) * (canLimit ? 1.05 : 1.5));
    });

    it.each(CONDITION_BOMBS)('holds what conditions are promised: %s', async (_what, request) => {
      const { bytes, error } = await takenBy(CONDITIONS, request, canLimit);
      expect(error).toMatchObject({ name: 'ScriptError' });
      expect(bytes / MIB).toBeLessThan((CONDITIONS.memoryBytes / MIB) * (canLimit ? 1.05 : 1.5));
    });
  });

  it.each([true, false])('is free again for the next script (%s)', async (canLimit) => {
    const sandbox = new SandboxProcess(SCRIPTS, canLimit);
    const code = 'local t = {} for i = 1, 40 do t[i] = ("x"):rep(1048576 + i) end return #t';
    for (let count = 0; count < 4; count += 1) expect(await sandbox.run(lua(code))).toMatchObject({ result: '40' });
    sandbox.kill();
  });
});
