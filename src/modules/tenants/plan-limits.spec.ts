import type { PlanLimit } from '../../common/manifest/manifest.js';
import { limitOf, limitsOf, planLimitReached } from './plan-limits.js';

const limits = new Map<string, PlanLimit>([
  ['users', { plans: { basic: 10, professional: 100, enterprise: 1000, custom: null } }],
  ['apiKeys', { plans: 100, perUser: 'A quarter.' }],
]);

describe('the limits of plans', () => {
  it.each([
    ['basic', 10],
    ['professional', 100],
    ['enterprise', 1000],
    ['custom', null],
  ] as const)('give plan %s %s users', (plan, expected) => {
    expect(limitOf(limits, { plan, quota: {} }, 'users')).toBe(expected);
  });

  it('let the quota override every plan, in both directions and down to none', () => {
    expect(limitOf(limits, { plan: 'basic', quota: { users: 50 } }, 'users')).toBe(50);
    expect(limitOf(limits, { plan: 'enterprise', quota: { users: 5 } }, 'users')).toBe(5);
    expect(limitOf(limits, { plan: 'custom', quota: { users: 0 } }, 'users')).toBe(0);
  });

  it.each([[-1], [2.5], ['7'], [null], [Number.NaN]])('ignore a quota of %p', (users) => {
    expect(limitOf(limits, { plan: 'basic', quota: { users } as unknown as Record<string, number> }, 'users')).toBe(10);
  });

  it('are shown with the share of one user, where there is one', () => {
    expect(limitsOf(limits, { plan: 'basic', quota: { apiKeys: 9 } })).toEqual({
      users: 10,
      apiKeys: 9,
      apiKeysPerUser: 2,
    });
  });

  it('are asked for by names that a manifest declares, else the line to add is told', () => {
    expect(() => limitOf(limits, { plan: 'basic', quota: {} }, 'labels')).toThrow(
      'No manifest declares the plan limit labels. Add to limits in src/modules/<module>/<module>.manifest.ts: labels: { plans:',
    );
  });

  it('name the limit that was reached', () => {
    expect(planLimitReached('users', 10)).toMatchObject({
      code: 'plan.limit_reached',
      message: expect.stringContaining('10'),
    });
  });
});
