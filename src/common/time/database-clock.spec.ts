import { DatabaseClock } from './database-clock.js';

describe('the clock of the database', () => {
  let [monotonicMs, wallMs] = [0, 0];
  const answer = (clock: DatabaseClock, databaseMs: number, tookMs: number): Promise<void> =>
    clock.set(() => {
      monotonicMs += tookMs;
      return Promise.resolve(databaseMs);
    });
  beforeEach(() => ([monotonicMs, wallMs] = [1000, 5_000_000]));
  const newClock = (): DatabaseClock =>
    new DatabaseClock(
      () => monotonicMs,
      () => wallMs,
    );

  it('is the process’ own until the database was heard, and never again', async () => {
    const clock = newClock();
    expect(clock.nowMs()).toBe(wallMs);
    await answer(clock, 1_000_000, 10);
    expect(clock.nowMs()).toBe(1_000_005);
    wallMs += 3_600_000;
    monotonicMs += 100;
    expect(clock.nowMs()).toBe(1_000_105);
  });

  it('follows the database where that is set', async () => {
    const clock = newClock();
    await answer(clock, 1_000_000, 0);
    await answer(clock, 2_000_000, 0);
    expect(clock.nowMs()).toBe(2_000_000);
  });

  it('does not believe an answer that took long, unless it has heard nothing better for long', async () => {
    const clock = newClock();
    await answer(clock, 1_000_000, 0);
    await answer(clock, 1_003_000, 1000);
    expect(clock.nowMs()).toBe(1_001_000);
    monotonicMs += 60_000;
    await answer(clock, 1_070_000, 1000);
    expect(clock.nowMs()).toBe(1_070_500);
  });
});
