import { UnavailableError } from '../../../src/common/errors/app-error.js';
import type { TenantContext } from '../../../src/common/tenancy/tenant-context.js';
import { ScriptSandbox } from '../../../src/modules/scripting/sandbox/script-sandbox.service.js';

const LIMITS = { timeoutMs: 10_000, memoryBytes: 10_485_760 };
const LOOP = 'while true do end';

/** A sandbox that several tenants use at once. */
function openSandbox(): { as: (tenantId: string) => ScriptSandbox; close: () => void } {
  let tenantId = '';
  const sandbox = new ScriptSandbox({ find: () => ({ tenantId }) } as unknown as TenantContext);
  const as = (id: string): ScriptSandbox => {
    // Read synchronously, when a script is handed in.
    tenantId = id;
    return sandbox;
  };
  return { as, close: () => sandbox.onApplicationShutdown() };
}

describe('The sandbox', () => {
  it("lets other tenants' scripts pass a tenant's endless loops", async () => {
    const { as, close } = openSandbox();
    try {
      const ended: string[] = [];
      const loops = Array.from({ length: 8 }, () =>
        as('storm')
          .runLua(LOOP, {}, { ...LIMITS, timeoutMs: 500 })
          .catch(() => ended.push('loop')),
      );
      const others = ['one', 'two', 'three'].map(async (tenant) => {
        const { result } = await as(tenant).runLua('return 1', {}, LIMITS);
        ended.push(tenant);
        return result;
      });
      expect(await Promise.all(others)).toEqual([1, 1, 1]);
      expect(ended.filter((who) => who === 'loop').length).toBeLessThan(8);
      await Promise.all(loops);
      expect(ended.filter((who) => who === 'loop')).toHaveLength(8);
    } finally {
      close();
    }
  });

  it('refuses a tenant what it could not do for a long time, and takes the others still', async () => {
    const { as, close } = openSandbox();
    const loops = Array.from({ length: 80 }, () =>
      as('storm')
        .runLua(LOOP, {}, LIMITS)
        .catch((error: unknown) => error),
    );
    const refused = await Promise.race(loops);
    expect(refused).toBeInstanceOf(UnavailableError);
    expect(refused).toMatchObject({ code: 'script.busy' });
    expect(await as('other').runLua('return 1', {}, LIMITS)).toEqual({ result: 1, logs: [] });
    close();
    for (const end of await Promise.all(loops)) expect(end).toBeInstanceOf(Error);
  });

  it('keeps the event loop free', async () => {
    const { as, close } = openSandbox();
    try {
      let isLooping = true;
      let turns = 0;
      const loop = as('one')
        .runLua(LOOP, {}, { ...LIMITS, timeoutMs: 400 })
        .catch(() => (isLooping = false));
      const expression = as('two')
        .runJsonata('($f := function($x){$f($x)}; $f(1))', null, { timeoutMs: 400 })
        .catch(() => undefined);
      while (isLooping) {
        await new Promise((resolve) => setImmediate(resolve));
        turns += 1;
      }
      await Promise.all([loop, expression]);
      expect(turns).toBeGreaterThan(50);
    } finally {
      close();
    }
  });

  it('ends its processes with the program', async () => {
    const { as, close } = openSandbox();
    const loop = as('one').runLua(LOOP, {}, LIMITS);
    await as('two').runLua('return 1', {}, LIMITS);
    close();
    await expect(loop).rejects.toThrow(/was stopped by the application/);
    await expect(as('one').runLua('return 1', {}, LIMITS)).rejects.toThrow(UnavailableError);
  });

  it('ends a script when it is told to, also one that still waits', async () => {
    const { as, close } = openSandbox();
    try {
      const controller = new AbortController();
      const limits = { ...LIMITS, signal: controller.signal };
      const ends = Promise.allSettled(Array.from({ length: 6 }, () => as('one').runLua(LOOP, {}, limits)));
      await as('two').runLua('return 1', {}, LIMITS);
      controller.abort(new Error('The run was cancelled.'));
      for (const end of await ends) expect(end).toMatchObject({ reason: new Error('The run was cancelled.') });
      expect(await as('one').runLua('return 1', {}, LIMITS)).toMatchObject({ result: 1 });
    } finally {
      close();
    }
  });

  it('bounds what goes in', async () => {
    const { as, close } = openSandbox();
    try {
      const long = 'x'.repeat(5_000_000);
      await expect(as('one').runLua('return 1', { input: long }, LIMITS)).rejects.toThrow(/input is longer/);
      await expect(as('one').runLua(`-- ${long}`, {}, LIMITS)).rejects.toThrow(/script is longer/);
      await expect(as('one').runLua('return 1', { 'no name': 1 }, LIMITS)).rejects.toThrow(
        /not a valid name of a Lua variable/,
      );
      await expect(as('one').runJsonata('$', { long }, LIMITS)).rejects.toThrow(/input is longer/);
    } finally {
      close();
    }
  });
});
