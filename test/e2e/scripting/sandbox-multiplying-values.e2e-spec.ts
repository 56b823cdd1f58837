import fc from 'fast-check';
import { jsonSize } from '../../../src/common/json/json-size.js';
import type { TenantContext } from '../../../src/common/tenancy/tenant-context.js';
import { Conditions } from '../../../src/modules/scripting/sandbox/conditions.service.js';
import { ScriptError } from '../../../src/modules/scripting/sandbox/script.errors.js';
import { ScriptSandbox } from '../../../src/modules/scripting/sandbox/script-sandbox.service.js';
import {
  MAX_RESOLVED_BYTES,
  resolveTemplate,
  TemplateError,
} from '../../../src/modules/scripting/sandbox/templates.js';

/*
 * Whatever makes much out of little, put together at random: the outcome is a value within bounds or a failure of the expression's own,
 * and this process has no more memory than before. A failure shows its seed: FUZZ_SEED repeats it, FUZZ_RUNS makes more of them.
 */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 12);
const MIB = 1_048_576;

const sandbox = new ScriptSandbox({ find: () => undefined } as unknown as TenantContext);
afterAll(() => sandbox.onApplicationShutdown());
const conditions = new Conditions(sandbox);
const SCOPE = {
  input: { text: 'x'.repeat(100_000), list: new Array(1000).fill('é'), n: 3, map: { constructor: [1] } },
};

async function staysSmall(work: () => Promise<unknown>): Promise<void> {
  const before = process.memoryUsage.rss();
  const outcome = await work().catch((error: unknown) => error);
  if (outcome instanceof Error) expect(['ScriptError', 'TemplateError']).toContain(outcome.name);
  else expect(jsonSize(outcome)).toBeLessThan(8 * MIB);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * MIB);
}

const grow = fc.constantFrom(
  'a + a',
  '[a, a]',
  '[a, a, a].size() > 2 ? a : a',
  '{"k": a, "l": a}',
  'input.list',
  '[a].map(b, a)',
);
const begin = fc.constantFrom('[input.text]', 'input.list', '["一"]', '[input]', '[input.map]', '[1, 2.5]');
const finish = fc.constantFrom(
  '.exists(a, a == a)',
  '.all(a, [a] == [a])',
  '.exists_one(a, a in [a])',
  '.filter(a, a != input.n).size() > 3',
  '.exists(a, a.matches("(a+)+$"))',
  '.exists(a, a.split("").join("xx").endsWith("y"))',
);
const condition = fc
  .tuple(begin, fc.array(grow, { minLength: 5, maxLength: 40 }), finish)
  .map(([first, steps, last]) => `${first}${steps.map((step) => `.map(a, ${step})`).join('')}${last}`);

const doubling = fc.constantFrom(
  '$s & $s',
  '$join([$s, $s, $s])',
  '$replace($s, "x", $s)',
  '$pad($s, 2 * $length($s) + 1, "ab")',
  '$uppercase($s & $s)',
  '$string([$s, $s])',
  '$encodeUrlComponent($s)',
  '$substring($s & $s & $s, 1)',
);
const transform = fc
  .array(doubling, { minLength: 3, maxLength: 30 })
  .map((steps) => `($s := "xé"; ${steps.map((step) => `$s := ${step};`).join(' ')} $length($s))`);

const reference = fc.constantFrom(
  '{{ input.text }}',
  '{{ input.list }}',
  'a {{ input.list }}{{ input.text }}',
  '{{ input }}',
  '{{ input.map.constructor[0] }}',
  '{{ input.none ?? [1, 2] }}',
);
const config = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    reference,
    fc.array(tie('node'), { maxLength: 30 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'constructor', '__proto__'), tie('node')),
  ),
})).node;

describe('Values that multiply', () => {
  it('are bounded in conditions', async () => {
    await fc.assert(
      fc.asyncProperty(condition, (cel) => staysSmall(() => conditions.evaluate(cel, SCOPE, { variables: ['input'] }))),
      { seed, numRuns },
    );
    expect(await conditions.evaluate('input.n == 3', SCOPE, { variables: ['input'] })).toBe(true);
  });

  it('are bounded in transforms', async () => {
    await fc.assert(
      fc.asyncProperty(transform, (expression) =>
        staysSmall(() => sandbox.runJsonata(expression, SCOPE.input, { timeoutMs: 1000 })),
      ),
      { seed, numRuns },
    );
    expect(await sandbox.runJsonata('n', SCOPE.input, { timeoutMs: 10_000 })).toBe(3);
  });

  it('are bounded in references', () => {
    fc.assert(
      fc.property(config, (value) => {
        try {
          // What stands in the configuration itself is bounded where it is saved.
          expect(jsonSize(resolveTemplate([value, value], SCOPE))).toBeLessThan(MAX_RESOLVED_BYTES * 2);
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
        }
      }),
      { seed, numRuns: numRuns * 20 },
    );
  });

  it('fail as what they are', async () => {
    await expect(
      conditions.evaluate(`["一"]${'.map(a, a + a)'.repeat(28)}.exists(a, a.endsWith("y"))`, SCOPE, {
        variables: ['input'],
      }),
    ).rejects.toThrow(ScriptError);
  });
});
