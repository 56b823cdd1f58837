import { limitOf, planLimitReached } from './plan-limits.js';

describe('limits of plans', () => {
  it.each([
    ['basic', 10],
    ['professional', 100],
    ['enterprise', 1000],
    ['custom', null],
  ] as const)('gives plan %s %s users', (plan, expected) => {
    expect(limitOf({ plan, quota: {} }, 'users')).toBe(expected);
  });

  it('lets the quota override every plan, in both directions and down to none', () => {
    expect(limitOf({ plan: 'basic', quota: { users: 50 } }, 'users')).toBe(50);
    expect(limitOf({ plan: 'enterprise', quota: { users: 5 } }, 'users')).toBe(5);
    expect(limitOf({ plan: 'custom', quota: { users: 0 } }, 'users')).toBe(0);
  });

  it.each([[-1], [2.5], ['7'], [null], [Number.NaN]])('ignores a quota of %p', (users) => {
    expect(limitOf({ plan: 'basic', quota: { users } as unknown as Record<string, number> }, 'users')).toBe(10);
  });

  it('names the limit that was reached', () => {
    expect(planLimitReached('users', 10)).toMatchObject({
      code: 'plan.limit_reached',
      message: expect.stringContaining('10'),
    });
  });
});
