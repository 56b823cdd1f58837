import { PoolExhaustedError, TenantGate } from './tenant-gate.js';

const MAX = 6;

describe('the gate to the connections', () => {
  let now: number;
  let gate: TenantGate;
  beforeEach(() => {
    now = 0;
    gate = new TenantGate(MAX, 50, () => now);
  });

  /**
   * Returns how many connections the tenant gets at once, and releases them. Waits until the other requests have been
   * rejected.
   */
  async function room(tenantId: string): Promise<number> {
    const admissions = Array.from({ length: MAX + 1 }, () => gate.enter(tenantId));
    const waiting = admissions.filter((admission) => admission !== undefined);
    await Promise.allSettled(waiting);
    const got = admissions.length - waiting.length;
    for (let left = got; left > 0; left -= 1) gate.leave(tenantId);
    return got;
  }

  function hold(tenantId: string, heldMs: number, times = 30): void {
    for (let done = 0; done < times; done += 1) {
      void gate.enter(tenantId);
      gate.leave(tenantId, heldMs);
    }
  }

  it('lets a tenant have its bound and no more', async () => {
    expect(await room('a')).toBe(MAX);
    for (let taken = 0; taken < MAX; taken += 1) expect(gate.enter('a')).toBeUndefined();
    await expect(gate.enter('a')).rejects.toThrow(PoolExhaustedError);
  });

  it('lets those in who wait, in their order, as connections come back', async () => {
    for (let taken = 0; taken < MAX; taken += 1) void gate.enter('a');
    const order: number[] = [];
    const waiting = [1, 2].map((number) => gate.enter('a')!.then(() => order.push(number)));
    gate.leave('a', 1);
    gate.leave('a', 1);
    await Promise.all(waiting);
    expect(order).toEqual([1, 2]);
  });

  it.each([
    ['short queries', 5, MAX],
    ['longer queries', 10, 3],
    ['slow queries', 30, 1],
    ['very slow queries', 10_000, 1],
  ])(
    'gives a tenant with %s of %d ms %d connections beside neighbours, and its bound alone',
    async (_, heldMs, expected) => {
      hold('a', heldMs);
      hold('b', 1);
      expect(await room('a')).toBe(expected);
      now += 1000;
      expect(await room('a')).toBe(MAX);
    },
  );

  it('takes a tenant with a slow query among short ones for no slow one', async () => {
    hold('a', 60_000, 1);
    hold('b', 1);
    expect(await room('a')).toBe(MAX / 2);
    hold('a', 1, 10);
    expect(await room('a')).toBe(MAX);
  });

  it('leaves its bound to the quickest of those who are there, whom only the others make slow', async () => {
    hold('noisy', 200);
    hold('quiet', 20);
    hold('noisy', 200);
    expect(await room('quiet')).toBe(MAX);
    expect(await room('noisy')).toBe(1);

    hold('quicker', 2);
    expect(await room('quiet')).toBe(1);
    now += 1000;
    hold('noisy', 200, 1);
    hold('quiet', 20, 1);
    expect(await room('quiet')).toBe(MAX);
  });

  it('lets everyone in who waited when the neighbours have gone', async () => {
    hold('a', 30);
    hold('b', 1);
    void gate.enter('a');
    const waiting = [gate.enter('a')!, gate.enter('a')!];
    now += 1000;
    gate.leave('a', 30);
    await Promise.all(waiting);
  });

  it('lets those in who came when there were neighbours, once there are none, however long a connection is held', async () => {
    hold('a', 30);
    hold('b', 1);
    expect(gate.enter('a')).toBeUndefined();
    const early = gate.enter('a')!;
    now += 1000;
    expect(gate.enter('a')).toBeUndefined();
    await early;
  });

  describe('beside neighbours, while a slow tenant keeps its only connection for long', () => {
    let second: Promise<void> | undefined;
    beforeEach(() => {
      hold('a', 30);
      pass(0);
      expect(gate.enter('a')).toBeUndefined();
      second = gate.enter('a');
      expect(second).toBeDefined();
    });

    /** Advances the time while the other tenant stays active. */
    function pass(milliseconds: number): void {
      now += milliseconds;
      hold('b', 1, 1);
    }

    it('gives it a second one, without which a transaction might wait for itself', async () => {
      pass(50);
      await second;
    });

    it('gives it no third one', async () => {
      pass(50);
      await second;
      const third = gate.enter('a')!;
      pass(50);
      await expect(third).rejects.toThrow(PoolExhaustedError);
    });

    it('takes the second one back when the first has come back', async () => {
      pass(50);
      await second;
      const third = gate.enter('a')!;
      gate.leave('a', 50);
      await expect(third).rejects.toThrow(PoolExhaustedError);
    });
  });

  it('remembers slow tenants that are away, but not all there ever were', async () => {
    hold('first', 30);
    for (let tenant = 0; tenant < 5000; tenant += 1) hold(`slow ${tenant}`, 30);
    hold('b', 1);
    expect(await room('slow 4999')).toBe(1);
    expect(await room('first')).toBe(MAX);
  });

  it('counts a connection that could not be had as none', () => {
    void gate.enter('a');
    gate.leave('a');
    expect(() => gate.leave('a', 1)).toThrow('without entering');
  });
});
