import type { DiscoveryService } from '@nestjs/core';
import type { AuditService } from '../../common/audit/audit.service.js';
import type { Actor } from '../../common/identity/actor.js';
import type { PasswordHasher } from '../../common/auth/password-hasher.js';
import { definePermissions, permissionsOfRole } from '../../common/identity/permissions.js';
import type { Role } from '../../common/identity/roles.js';
import type { DbalService } from '../../common/dbal/dbal.service.js';
import { ChangeLog } from '../../common/events/change-log.js';
import type { EventsService } from '../../common/events/events.service.js';
import { etagOf } from '../../common/contracts/etag.js';
import type { OwnTenantService } from '../tenants/own-tenant.service.js';
import { limitOf } from '../tenants/plan-limits.js';
import type { InvitationIssuer } from './invitations/invitation-issuer.js';
import type { UserAccess } from './user-access.js';
import { UserAdmissionService } from './user-admission.service.js';
import { UserChangeLog } from './user-change-log.js';
import { manifest } from './users.manifest.js';
import { FakeUsersRepository } from './users.repository.fake.js';
import type { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';
import type { User } from './users.types.js';

definePermissions(manifest.permissions!);

function setUp({ quota = {} }: { quota?: Record<string, number> } = {}) {
  const users = new FakeUsersRepository();
  const log: string[] = [];
  const dbal = { transaction: <T>(fn: () => Promise<T>) => fn() } as DbalService;
  const audit = {
    record: async (_actor: Actor, { action }: { action: string }) => void log.push(action),
  } as unknown as AuditService;
  const limits = new Map(Object.entries(manifest.limits!));
  const tenants = {
    limitOf: async (resource: string) => limitOf(limits, { plan: 'basic', quota }, resource),
  } as unknown as OwnTenantService;
  const passwords = { hash: async (password: string) => `hash of ${password}` } as PasswordHasher;
  const issue = async (_actor: Actor, user: User) => {
    log.push(`invited ${user.email}`);
    return { token: 'token', invitation: {} };
  };
  const invitations = { issueForOwner: issue, issueByMail: issue } as unknown as InvitationIssuer;
  const access = {
    refresh: (id: string) => void log.push(`refreshed ${id}`),
    reopen: async (_actor: Actor, { id }: User) => void log.push(`reopened ${id}`),
    end: async (id: string) => void log.push(`ended ${id}`),
  } as UserAccess;
  const repository = users as unknown as UsersRepository;
  const events = { emit: async () => {} } as unknown as EventsService;
  const discovery = { getProviders: () => [] } as unknown as DiscoveryService;
  const changes = new UserChangeLog(new ChangeLog(audit, events), discovery);
  const admission = new UserAdmissionService(repository, tenants, passwords, dbal, changes);
  return { users, log, service: new UsersService(repository, admission, invitations, access, dbal, changes) };
}

const actorOf = (role: Role, id = 'somebody else'): Actor => ({
  kind: 'user',
  id,
  role,
  permissions: new Set(permissionsOfRole(role)),
});
const ada = { email: 'ada@example.com', username: 'ada', role: 'member' } as const;

describe('UsersService', () => {
  it('makes a user with a password active and stores nothing but its hash', async () => {
    const { service, users, log } = setUp();
    const user = await service.create(actorOf('admin'), { ...ada, password: 'correct horse' });
    expect(user.status).toBe('ACTIVE');
    expect(users.credentials.get('ada')).toBe('hash of correct horse');
    expect(JSON.stringify([...users.rows.values()])).not.toContain('correct horse');
    expect(log).toEqual(['user.created']);
  });

  it('invites a user without a password', async () => {
    const { service, users, log } = setUp();
    expect(await service.create(actorOf('admin'), ada)).toMatchObject({ status: 'INVITED' });
    expect(users.credentials.size).toBe(0);
    expect(log).toEqual(['user.created', 'invited ada@example.com']);
  });

  it('makes nobody whom the actor may not make', async () => {
    const { service, users } = setUp();
    await expect(service.create(actorOf('admin'), { ...ada, role: 'owner' })).rejects.toMatchObject({
      code: 'user.above_your_level',
    });
    await expect(service.create(actorOf('owner'), { ...ada, role: 'owner' })).rejects.toMatchObject({
      code: 'user.owner_exists',
    });
    expect(users.rows.size).toBe(0);
  });

  it('counts every user against the limit, whatever their status', async () => {
    const { service, users } = setUp({ quota: { users: 3 } });
    users.add({ status: 'SUSPENDED' });
    users.add({ status: 'INVITED' });
    await service.create(actorOf('admin'), ada);
    await expect(
      service.create(actorOf('admin'), { ...ada, email: 'b@example.com', username: 'bb' }),
    ).rejects.toMatchObject({ code: 'plan.limit_reached' });
  });

  it('raises the version with a change, and with nothing else', async () => {
    const { service, users } = setUp();
    const { id } = users.add();
    expect(await service.update(actorOf('admin'), id, {})).toMatchObject({ version: 1 });
    expect(await service.update(actorOf('admin'), id, { firstName: 'Ada' })).toMatchObject({ version: 2 });
  });

  it('compares If-Match before it judges the change', async () => {
    const { service, users } = setUp();
    const owner = users.add({ role: 'owner' });
    const stale = etagOf({ id: owner.id, version: 7 });
    await expect(service.update(actorOf('owner'), owner.id, { role: 'admin' }, stale)).rejects.toMatchObject({
      code: 'resource.stale',
    });
    await expect(service.remove(actorOf('owner'), owner.id, stale)).rejects.toMatchObject({ code: 'resource.stale' });
  });

  it('lets a changed role hold at once, and touches no identity for a changed name', async () => {
    const { service, users, log } = setUp();
    const { id } = users.add({ role: 'member' });
    await service.update(actorOf('admin'), id, { firstName: 'Ada' });
    expect(log).toEqual(['user.updated']);
    await service.update(actorOf('admin'), id, { role: 'manager' });
    expect(log).toContain(`refreshed ${id}`);
  });

  it('voids what was mailed to the old address when the address changes', async () => {
    const { service, users, log } = setUp();
    const active = users.add({ username: 'active' });
    const invited = users.add({ username: 'invited', status: 'INVITED' });
    await service.update(actorOf('admin'), active.id, { email: 'a2@example.com' });
    await service.update(actorOf('admin'), invited.id, { email: 'i2@example.com' });
    expect(users.deletedResetTokens).toEqual(['active', 'invited']);
    expect(log.filter((line) => line.startsWith('invited'))).toEqual(['invited i2@example.com']);
  });

  it('signs a deactivated user out, and lets only active users be deactivated', async () => {
    const { service, users, log } = setUp();
    const { id } = users.add();
    expect(await service.deactivate(actorOf('admin'), id)).toMatchObject({ status: 'SUSPENDED' });
    expect(log).toContain(`ended ${id}`);
    await expect(service.deactivate(actorOf('admin'), id)).rejects.toMatchObject({ code: 'user.not_active' });
    const invited = users.add({ status: 'INVITED' });
    await expect(service.deactivate(actorOf('admin'), invited.id)).rejects.toMatchObject({ code: 'user.not_active' });
  });

  it('reactivates deactivated users only', async () => {
    const { service, users } = setUp();
    const { id } = users.add({ status: 'SUSPENDED' });
    expect(await service.reactivate(actorOf('admin'), id)).toMatchObject({ status: 'ACTIVE' });
    await expect(service.reactivate(actorOf('admin'), id)).rejects.toMatchObject({ code: 'user.not_deactivated' });
  });

  it('lets an admin reactivate nobody above them', async () => {
    const { service, users } = setUp();
    const owner = users.add({ role: 'owner', status: 'SUSPENDED' });
    await expect(service.reactivate(actorOf('admin'), owner.id)).rejects.toMatchObject({
      code: 'user.above_your_level',
    });
  });

  it.each(['update', 'remove', 'deactivate', 'reactivate'] as const)(
    'does not %s whom it cannot find',
    async (verb) => {
      const { service, log } = setUp();
      const attempt =
        verb === 'update'
          ? service.update(actorOf('owner'), 'nobody', { firstName: 'Ada' })
          : service[verb](actorOf('owner'), 'nobody');
      await expect(attempt).rejects.toMatchObject({ code: 'user.not_found' });
      expect(log).toEqual([]);
    },
  );

  it('makes the owner with a password, or with a token to pass on', async () => {
    const owner = { email: 'grace.hopper@example.com' };
    const first = setUp();
    expect(await first.service.createOwner(actorOf('owner'), { ...owner, password: 'correct horse' })).toEqual({
      user: expect.objectContaining({ role: 'owner', status: 'ACTIVE', username: 'grace.hopper' }),
    });
    const second = setUp();
    expect(await second.service.createOwner(actorOf('owner'), owner)).toMatchObject({
      user: { role: 'owner', status: 'INVITED' },
      invitationToken: 'token',
    });
    await second.service.removeOwner();
    expect(second.users.rows.size).toBe(0);
  });
});

describe('usernames made from e-mail addresses', () => {
  it.each([
    ['ada@example.com', 'ada'],
    ["o'brien+x@example.com", 'o.brien.x'],
    ['é@example.com', 'user'],
    ['x@example.com', 'user'],
    [`${'x'.repeat(64)}@example.com`, 'x'.repeat(40)],
  ])('makes of %s the username %s', async (email, username) => {
    const { service } = setUp();
    const { user } = await service.createOwner(actorOf('owner'), { email });
    expect(user.username).toBe(username);
  });

  it('counts on where a username is taken', async () => {
    const { service, users } = setUp();
    users.add({ username: 'ada' });
    users.add({ username: 'ada-2' });
    users.add({ username: 'adam' });
    const { user } = await service.createOwner(actorOf('owner'), { email: 'ada@example.com' });
    expect(user.username).toBe('ada-3');
  });
});
