import type { Actor } from '../../../src/common/identity/actor.js';
import { EntityGateway } from '../../../src/common/gateway/entity-gateway.js';
import { MailTransport } from '../../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../../src/common/mail/memory.transport.js';
import { InvitationsService } from '../../../src/modules/users/invitations/invitations.service.js';
import { UsersService } from '../../../src/modules/users/users.service.js';
import { problemOf } from '../../support/contract.js';
import { uniqueName } from '../../support/unique-name.js';
import { StepProbe, StepProbeModule } from '../../support/step-probe.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import type { Person, TenantWorld } from '../../support/tenant-world.js';
import { action, edges, trigger, WorkflowWorld } from '../../support/workflow-world.js';

const PASSWORD = 'correct horse battery';
const NAMES = { status: 403, code: 'user.names_are_personal' };
const PASSWORDS = { status: 403, code: 'user.passwords_are_personal' };
const NOT_BELOW = { status: 403, code: 'user.not_below_your_level' };

/** What programs and platform admins may do with people, by every way there is. */
describe('people, as programs change them', () => {
  let test: TestApp;
  let flows: WorkflowWorld;
  let world: TenantWorld;
  let mails: MemoryTransport;

  beforeAll(async () => {
    test = await createTestApp({ APP_ROLE: 'all' }, [StepProbeModule]);
    flows = await WorkflowWorld.create(test);
    world = flows.tenants;
    mails = test.app.get(MailTransport) as MemoryTransport;
  });
  afterAll(() => test.close());

  const keyOf = async (person: Person): Promise<Person> => {
    const { body } = await person.post('/api-keys', { name: 'a program' });
    const headers = { 'X-API-Key': (body as { key: string }).key };
    const nobody = world.nobody();
    return {
      get: (path) => nobody.get(path, headers),
      post: (path, sent) => nobody.post(path, sent, headers),
      patch: (path, sent) => nobody.patch(path, sent, headers),
      delete: (path) => nobody.delete(path, headers),
    };
  };
  const newcomer = (role: string, more: object = {}) => {
    const username = uniqueName('new');
    return { username, email: `${username}@example.test`, role, ...more };
  };

  describe.each([
    ['routes of users', '/users', (id: string) => `/users/${id}`],
    ['entities by name', '/dbal/entities/User', (id: string) => `/dbal/entities/User/${id}`],
  ])('by keys and %s', (_, people, person) => {
    it('are invited below the level of the holder, without a password', async () => {
      const key = await keyOf(await world.newPerson({ role: 'admin' }));
      expect(problemOf(await key.post(people, newcomer('admin')))).toEqual(NOT_BELOW);
      expect(problemOf(await key.post(people, newcomer('member', { password: PASSWORD })))).toEqual(PASSWORDS);
      const manager = newcomer('manager');
      expect((await key.post(people, manager)).status).toBe(201);
      expect((await mails.mailTo(manager.email)).text).toContain('/accept-invitation#token=invite_');
    });

    it('keep their names and are raised below the level of the holder', async () => {
      const key = await keyOf(await world.newPerson({ role: 'admin' }));
      const { user } = await world.newPerson({ role: 'member' });
      expect(problemOf(await key.patch(person(user.id), { email: 'thief@example.test' }))).toEqual(NAMES);
      expect(problemOf(await key.patch(person(user.id), { username: uniqueName('thief') }))).toEqual(NAMES);
      expect(problemOf(await key.patch(person(user.id), { role: 'admin' }))).toEqual(NOT_BELOW);
      expect((await key.patch(person(user.id), { role: 'manager', firstName: 'Ada' })).status).toBe(200);
    });
  });

  it('are not invited again by a key to a level or under a name that it may not give', async () => {
    const admin = await world.newPerson({ role: 'admin' });
    const key = await keyOf(admin);
    const invited = newcomer('member');
    expect((await key.post('/users/invitations', invited)).status).toBe(201);
    const again = (changes: object) => key.post('/users/invitations', { ...invited, ...changes });
    expect(problemOf(await again({ role: 'admin' }))).toEqual(NOT_BELOW);
    expect(problemOf(await again({ username: uniqueName('thief') }))).toEqual(NAMES);
    expect((await again({ role: 'manager' })).status).toBe(201);

    const peer = newcomer('admin');
    expect((await admin.post('/users/invitations', peer)).status).toBe(201);
    expect(problemOf(await key.post('/users/invitations', peer))).toEqual(NOT_BELOW);
  });

  it('are reactivated by a key below the level of its holder, and get a link by mail', async () => {
    const key = await keyOf(await world.newPerson({ role: 'admin' }));
    const [peer, member] = await Promise.all(
      (['admin', 'member'] as const).map((role) => world.make.createUser(world.tenant, { role, status: 'SUSPENDED' })),
    );
    expect(problemOf(await key.post(`/users/${peer!.id}/reactivate`))).toEqual(NOT_BELOW);
    expect((await key.post(`/users/${member!.id}/reactivate`)).status).toBe(200);
    const mail = await mails.mailTo(member!.email);
    expect(mail.text).toContain('has been reactivated');
    expect(mail.text).toContain('/reset-password#token=reset_');
  });

  it('are changed by runs of workflows as by keys', async () => {
    const probe = test.app.get(StepProbe);
    const [users, invitations, gateway] = [UsersService, InvitationsService, EntityGateway].map((type) =>
      test.app.get<unknown>(type),
    ) as [UsersService, InvitationsService, EntityGateway];
    const { user } = await world.newPerson({ role: 'member' });
    const suspended = await world.make.createUser(world.tenant, { role: 'member', status: 'SUSPENDED' });
    const attempts: Record<string, (actor: Actor) => Promise<unknown>> = {
      password: (actor) => users.create(actor, { ...newcomer('member', { password: PASSWORD }) } as never),
      email: (actor) => gateway.update(actor, 'User', user.id, { email: 'thief@example.test' }),
      level: (actor) => gateway.create(actor, 'User', newcomer('owner')),
      invite: (actor) => invitations.invite(actor, newcomer('admin') as never),
      reactivate: (actor) => users.reactivate(actor, suspended.id),
    };
    const outcomes: Record<string, string> = {};
    const kinds = new Set<string>();
    probe.behave('people', async ({ actor }) => {
      for (const [name, attempt] of Object.entries(attempts)) {
        kinds.add(`${actor.kind} ${typeof actor.runId}`);
        outcomes[name] = await attempt(actor).then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
      }
    });
    await flows.run([trigger(), action('a', 'test.probe', { key: 'people' })], edges('start -> a'));

    expect([...kinds]).toEqual(['user string']);
    expect(outcomes).toEqual({
      password: 'user.passwords_are_personal',
      email: 'user.names_are_personal',
      level: 'user.owner_exists',
      invite: 'done',
      reactivate: 'done',
    });
    expect((await mails.mailTo(suspended.email)).text).toContain('has been reactivated');
  });

  it('keep their names and passwords from platform admins, who invite instead', async () => {
    const admin = world.bearer(await world.make.platformToken());
    const headers = { 'X-Tenant-ID': world.tenant.id };
    const ownerId = await world.idOf('owner');
    expect(problemOf(await admin.patch(`/users/${ownerId}`, { email: 'thief@example.test' }, headers))).toEqual(NAMES);
    expect(problemOf(await admin.patch(`/users/${ownerId}`, { username: uniqueName('x') }, headers))).toEqual(NAMES);
    const person = newcomer('admin');
    expect(problemOf(await admin.post('/users', { ...person, password: PASSWORD }, headers))).toEqual(PASSWORDS);
    expect((await admin.post('/users', person, headers)).status).toBe(201);
    expect((await admin.patch(`/users/${ownerId}`, { firstName: 'Ada' }, headers)).status).toBe(200);
  });
});
