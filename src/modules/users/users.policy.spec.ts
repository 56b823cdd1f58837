import fc from 'fast-check';
import type { Actor } from '../../common/identity/actor.js';
import { definePermissions, permissionsOfRole } from '../../common/identity/permissions.js';
import { levelOf, ROLES, type Role } from '../../common/identity/roles.js';
import {
  assertMayExclude,
  assertMayGrant,
  assertMayReadmit,
  assertMaySetPassword,
  assertMayUpdate,
} from './users.policy.js';
import { manifest } from './users.manifest.js';
import { FakeUsersRepository } from './users.repository.fake.js';

definePermissions(manifest.permissions!);

const users = new FakeUsersRepository();
const actorOf = (role: Role, id = 'somebody else'): Actor => ({
  kind: 'user',
  id,
  role,
  permissions: new Set(permissionsOfRole(role)),
});
const codeOf = (attempt: () => void): string | undefined => {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const anyRole = fc.constantFrom(...ROLES);

describe('who may do what to whom', () => {
  it('never lets anybody give a role above their own, and nobody the role of owner', () => {
    fc.assert(
      fc.property(anyRole, anyRole, (mine, given) => {
        const allowed = codeOf(() => assertMayGrant(actorOf(mine), given)) === undefined;
        expect(allowed).toBe(levelOf(given) <= levelOf(mine) && given !== 'owner');
      }),
    );
  });

  it('never lets a change of role end above the actor, start above the actor, or involve the owner', () => {
    fc.assert(
      fc.property(anyRole, anyRole, anyRole, fc.boolean(), (mine, before, after, onMyself) => {
        const user = users.add({ role: onMyself ? mine : before });
        const actor = actorOf(mine, onMyself ? user.id : undefined);
        if (codeOf(() => assertMayUpdate(actor, user, { role: after })) !== undefined) return;
        if (after === user.role) return;
        expect(levelOf(mine)).toBeGreaterThanOrEqual(levelOf('admin'));
        expect(levelOf(user.role)).toBeLessThanOrEqual(levelOf(mine));
        expect(levelOf(after)).toBeLessThanOrEqual(levelOf(mine));
        expect([user.role, after]).not.toContain('owner');
      }),
    );
  });

  it('never lets anybody exclude the owner, somebody above them, or themselves', () => {
    fc.assert(
      fc.property(anyRole, anyRole, fc.boolean(), (mine, theirs, onMyself) => {
        const user = users.add({ role: onMyself ? mine : theirs });
        const allowed =
          codeOf(() => assertMayExclude(actorOf(mine, onMyself ? user.id : undefined), user)) === undefined;
        expect(allowed).toBe(!onMyself && user.role !== 'owner' && levelOf(user.role) <= levelOf(mine));
      }),
    );
  });

  it.each(ROLES)('lets a %s change their own profile', (role) => {
    const user = users.add({ role });
    expect(
      codeOf(() => assertMayUpdate(actorOf(role, user.id), user, { firstName: 'Ada', bio: null })),
    ).toBeUndefined();
  });

  it.each([
    ['viewer', 'auth.forbidden'],
    ['manager', 'auth.forbidden'],
    ['admin', undefined],
    ['owner', undefined],
  ] as const)('answers a %s who changes their own name to sign in with: %s', (role, expected) => {
    const user = users.add({ role });
    const actor = actorOf(role, user.id);
    expect(codeOf(() => assertMayUpdate(actor, user, { username: 'other' }))).toBe(expected);
    expect(codeOf(() => assertMayUpdate(actor, user, { email: 'other@example.com' }))).toBe(expected);
  });

  it('takes the present value of a managed field for no change', () => {
    const user = users.add({ role: 'viewer' });
    const { username, email, role } = user;
    const unchanged = { username, email, role, lastName: 'Lovelace' };
    expect(codeOf(() => assertMayUpdate(actorOf('viewer', user.id), user, unchanged))).toBeUndefined();
  });

  it.each([
    ['manager', 'viewer', 'auth.forbidden'],
    ['admin', 'owner', 'user.above_your_level'],
    ['admin', 'admin', undefined],
    ['owner', 'admin', undefined],
  ] as const)('answers a %s who changes the profile of a %s: %s', (mine, theirs, expected) => {
    const user = users.add({ role: theirs });
    expect(codeOf(() => assertMayUpdate(actorOf(mine), user, { firstName: 'Ada' }))).toBe(expected);
  });

  it('says what protects the owner, also from platform admins', () => {
    const owner = users.add({ role: 'owner' });
    const platform: Actor = { ...actorOf('owner'), kind: 'platform' };
    expect(codeOf(() => assertMayUpdate(platform, owner, { role: 'admin' }))).toBe('user.owner_protected');
    expect(codeOf(() => assertMayExclude(platform, owner))).toBe('user.owner_protected');
    expect(codeOf(() => assertMayExclude(actorOf('admin'), owner))).toBe('user.above_your_level');
  });

  it('binds an API key to its scopes, however high its user stands', () => {
    const user = users.add({ role: 'viewer' });
    const key: Actor = { ...actorOf('owner'), kind: 'api_key', permissions: new Set(['user:update']) };
    expect(codeOf(() => assertMayUpdate(key, user, { firstName: 'Ada' }))).toBe('auth.forbidden');
  });

  describe.each([
    ['an API key', (role: Role, id?: string): Actor => ({ ...actorOf(role, id), kind: 'api_key' })],
    ['a workflow run', (role: Role, id?: string): Actor => ({ ...actorOf(role, id), runId: 'run' })],
    ['a platform admin', (_role: Role, id?: string): Actor => ({ ...actorOf('owner', id), kind: 'platform' })],
  ] as const)('%s', (_, actorFor) => {
    it('changes nobody’s username or e-mail address, and sets no password', () => {
      fc.assert(
        fc.property(anyRole, anyRole, fc.boolean(), (mine, theirs, onMyself) => {
          const user = users.add({ role: onMyself ? mine : theirs });
          const actor = actorFor(mine, onMyself ? user.id : undefined);
          expect(codeOf(() => assertMayUpdate(actor, user, { email: 'thief@example.com' }))).toBeDefined();
          expect(codeOf(() => assertMayUpdate(actor, user, { username: 'thief' }))).toBeDefined();
          expect(codeOf(() => assertMaySetPassword(actor))).toBe('user.passwords_are_personal');
        }),
      );
      const user = users.add({ role: 'member' });
      const actor = actorFor('admin');
      expect(codeOf(() => assertMayUpdate(actor, user, { username: 'new' }))).toBe('user.names_are_personal');
      expect(codeOf(() => assertMayUpdate(actor, user, { email: user.email, firstName: 'Ada' }))).toBeUndefined();
    });
  });

  it.each([
    ['an API key', { kind: 'api_key' }],
    ['a workflow run', { runId: 'run' }],
  ] as const)('lets %s make, raise and readmit only people below its holder', (_, program) => {
    fc.assert(
      fc.property(anyRole, anyRole, anyRole, (mine, before, after) => {
        const actor: Actor = { ...actorOf(mine), ...program };
        const user = users.add({ role: before });
        const isBelow = (role: Role) => levelOf(role) < levelOf(mine);
        expect(codeOf(() => assertMayGrant(actor, after)) === undefined).toBe(isBelow(after));
        const isRaised = codeOf(() => assertMayUpdate(actor, user, { role: after })) === undefined;
        if (isRaised && after !== before) expect(isBelow(after)).toBe(true);
        const isReadmitted = codeOf(() => assertMayReadmit(actor, user)) === undefined;
        expect(isReadmitted).toBe(isBelow(before) && levelOf(mine) >= levelOf('admin'));
      }),
    );
  });

  it('does not take a platform admin for a user with the same id', () => {
    const user = users.add({ role: 'member' });
    expect(codeOf(() => assertMayExclude({ ...actorOf('owner', user.id), kind: 'platform' }, user))).toBeUndefined();
  });
});
