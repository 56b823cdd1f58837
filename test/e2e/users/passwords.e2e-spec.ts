import { randomUUID } from 'node:crypto';
import { mintSecret } from '../../../src/common/auth/secret-token.js';
import { TaskRunner } from '../../../src/common/queue/task-runner.js';
import { MailTransport } from '../../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../../src/common/mail/memory.transport.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { PasswordResetIssuer } from '../../../src/modules/users/auth/password-reset-issuer.js';
import { describeContract, problemOf } from '../../support/contract.js';
import type { TestUser } from '../../support/factories/users.js';
import { uniqueName } from '../../support/unique-name.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'staple battery horse';
const INVALID_LINK = { status: 422, code: 'password_reset.invalid' };

describe('passwords', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const newUser = (options: object = {}) => world.make.createUser(world.tenant, { password: PASSWORD, ...options });
  const signIn = (user: TestUser, password: string) => world.signIn(user.email, password);

  describeContract(() => world, {
    'POST /auth/password/change': {
      allow: 'viewer',
      body: { currentPassword: 'wrong password', newPassword: NEW_PASSWORD },
      invalidBodies: {
        'a new password of 11 characters': { currentPassword: PASSWORD, newPassword: 'x'.repeat(11) },
        'a new password of 129 characters': { currentPassword: PASSWORD, newPassword: 'x'.repeat(129) },
        'no current password': { newPassword: NEW_PASSWORD },
      },
    },
  });

  describe('POST /auth/password/change', () => {
    it('changes the password, ends all other sessions, and keeps this one', async () => {
      const user = await newUser();
      const here = (await signIn(user, PASSWORD)).body;
      const there = (await signIn(user, PASSWORD)).body;

      const response = await world
        .bearer(here.accessToken)
        .post('/auth/password/change', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD });

      expect(response.status).toBe(204);
      expect((await world.bearer(here.accessToken).get('/auth/me')).status).toBe(200);
      expect((await world.bearer(there.accessToken).get('/auth/me')).status).toBe(401);
      expect((await world.nobody().post('/auth/refresh', { refreshToken: there.refreshToken })).status).toBe(401);
      expect((await world.auditOf(user.id)).map(({ action }) => action)).toEqual([
        'user.signed_in',
        'user.signed_in',
        'password.changed',
      ]);
      expect((await signIn(user, PASSWORD)).status).toBe(401);
      expect((await signIn(user, NEW_PASSWORD)).status).toBe(200);
    });

    it('asks for the current password, and locks after five wrong ones', async () => {
      const user = await newUser();
      const { accessToken } = (await signIn(user, PASSWORD)).body;
      const change = (currentPassword: string) =>
        world.bearer(accessToken).post('/auth/password/change', { currentPassword, newPassword: NEW_PASSWORD });

      for (let n = 0; n < 5; n++) {
        expect(problemOf(await change('wrong password'))).toEqual({ status: 422, code: 'auth.wrong_password' });
      }
      expect(problemOf(await change(PASSWORD))).toEqual({ status: 429, code: 'auth.locked' });
      expect((await signIn(user, PASSWORD)).status).toBe(200);
    });

    it('lets one of two simultaneous changes win', async () => {
      const user = await newUser();
      const tokens = [(await signIn(user, PASSWORD)).body, (await signIn(user, PASSWORD)).body];
      const answers = await Promise.all(
        tokens.map(({ accessToken }, n) =>
          world
            .bearer(accessToken)
            .post('/auth/password/change', { currentPassword: PASSWORD, newPassword: `${NEW_PASSWORD} ${n}` }),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 204)).toHaveLength(1);
      const winner = statuses.indexOf(204);
      expect((await signIn(user, `${NEW_PASSWORD} ${winner}`)).status).toBe(200);
      expect((await signIn(user, `${NEW_PASSWORD} ${1 - winner}`)).status).toBe(401);
    });
  });

  const forgot = (identifier: string, body: object = { tenant: world.tenant.slug }) =>
    world.nobody().post('/auth/password/forgot', { identifier, ...body });
  const reset = (token: string, password = NEW_PASSWORD) =>
    world.nobody().post('/auth/password/reset', { token, password });
  const mails = () => test.app.get<MemoryTransport>(MailTransport).sent;
  /** Asks for a link, runs what that enqueued, and reads the token out of the mail. */
  const linkFor = async (user: TestUser): Promise<string> => {
    expect((await forgot(user.email)).status).toBe(202);
    await test.app.get(TaskRunner).runDue();
    const mail = mails().findLast(({ to }) => to === user.email);
    return /#token=(\S+)/.exec(mail?.text ?? '')![1]!;
  };

  describe('POST /auth/password/forgot', () => {
    it('answers alike whoever is named, and mails those who may sign in', async () => {
      const user = await newUser();
      const deactivated = await newUser({ status: 'SUSPENDED' });
      const invited = await world.make.createUser(world.tenant, { status: 'INVITED' });
      const stranger = `${uniqueName('nobody')}@example.test`;

      const answers = await Promise.all(
        [user.username, deactivated.email, invited.email, stranger].map((name) => forgot(name)),
      );
      await test.app.get(TaskRunner).runDue();

      for (const answer of answers) expect([answer.status, answer.text]).toEqual([202, '']);
      const addressed = [user, deactivated, invited].map(
        ({ email }) => mails().filter(({ to }) => to === email).length,
      );
      expect(addressed).toEqual([1, 0, 0]);
      expect(mails().filter(({ to }) => to === stranger)).toEqual([]);
    });

    it.each([
      ['no name', {}],
      ['a name that is no text', { identifier: 1 }],
      ['an unknown field', { identifier: 'ada', surprise: 1 }],
    ])('refuses %s', async (_, body) => {
      const response = await world.nobody().post('/auth/password/forgot', { tenant: world.tenant.slug, ...body });
      expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
    });

    it('asks for a tenant', async () => {
      expect(problemOf(await forgot('ada', {}))).toEqual({ status: 400, code: 'tenant.required' });
      expect(problemOf(await forgot('ada', { tenant: uniqueName('none') }))).toEqual({
        status: 404,
        code: 'tenant.not_found',
      });
    });
  });

  describe('POST /auth/password/reset', () => {
    it('sets the password once, ends all sessions, and unlocks the name', async () => {
      const user = await newUser();
      const before = (await signIn(user, PASSWORD)).body;
      for (let n = 0; n < 5; n++) await signIn(user, 'wrong password');
      const token = await linkFor(user);

      expect((await reset(token)).status).toBe(204);
      expect((await world.bearer(before.accessToken).get('/auth/me')).status).toBe(401);
      expect((await signIn(user, NEW_PASSWORD)).status).toBe(200);
      expect(problemOf(await reset(token, 'another password'))).toEqual(INVALID_LINK);
      expect((await signIn(user, NEW_PASSWORD)).status).toBe(200);
    });

    it('ends API keys, and a change does if it says so', async () => {
      const user = await newUser();
      const keyOf = async (person: ReturnType<typeof world.bearer>): Promise<string> =>
        ((await person.post('/api-keys', { name: 'a program' })).body as { key: string }).key;
      const use = async (key: string) => (await world.nobody().get('/auth/me', { 'X-API-Key': key })).status;
      const person = world.bearer((await signIn(user, PASSWORD)).body.accessToken);
      const change = (currentPassword: string, newPassword: string, more = {}) =>
        person.post('/auth/password/change', { currentPassword, newPassword, ...more });

      const kept = await keyOf(person);
      expect((await change(PASSWORD, NEW_PASSWORD)).status).toBe(204);
      expect(await use(kept)).toBe(200);
      expect((await change(NEW_PASSWORD, PASSWORD, { endApiKeys: true })).status).toBe(204);
      expect(await use(kept)).toBe(401);

      const lost = await keyOf(person);
      expect((await reset(await linkFor(user))).status).toBe(204);
      expect(await use(lost)).toBe(401);
      const ended = (await world.make.auditEntries(world.tenant)).filter(({ action }) => action === 'api_key.revoked');
      expect(ended.filter(({ actorId }) => actorId === user.id)).toHaveLength(2);
    });

    it('works with the last link only', async () => {
      const user = await newUser();
      const first = await linkFor(user);
      const second = await linkFor(user);
      expect(problemOf(await reset(first))).toEqual(INVALID_LINK);
      expect((await reset(second)).status).toBe(204);
    });

    it('is mailed each time when several are asked for at the same moment, and the last one works', async () => {
      const user = await newUser();
      const issuer = test.app.get(PasswordResetIssuer);
      const account = {
        userId: user.id,
        username: user.username,
        email: user.email,
        isActive: true,
        passwordHash: null,
      };
      await world.make.inTenant(world.tenant, () =>
        Promise.all([1, 2, 3, 4, 5].map(() => issuer.issueByMail(account, 'forgotten'))),
      );
      await test.app.get(TaskRunner).runDue();
      const links = mails().filter(({ to }) => to === user.email);
      expect(links).toHaveLength(5);
      const answers = await Promise.all(links.map(({ text }) => reset(/#token=(\S+)/.exec(text)![1]!)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 422, 422, 422, 422]);
    });

    it('is mailed five times in a row at most, however often it is asked for', async () => {
      const user = await newUser();
      for (let request = 0; request < 7; request += 1) {
        expect((await forgot(user.email)).status).toBe(202);
        await test.app.get(TaskRunner).runDue();
      }
      expect(mails().filter(({ to }) => to === user.email)).toHaveLength(5);
    });

    it('is done by one of several at the same moment', async () => {
      const token = await linkFor(await newUser());
      const answers = await Promise.all([1, 2, 3].map((n) => reset(token, `${NEW_PASSWORD} ${n}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 422, 422]);
    });

    it('refuses links that are expired, made up, or of somebody who may not sign in any more', async () => {
      const prisma = test.app.get(PrismaService);
      const [late, gone] = [await newUser(), await newUser()];
      const [expired, orphaned] = [await linkFor(late), await linkFor(gone)];
      await world.make.inTenant(world.tenant, async () => {
        await prisma.passwordResetToken.updateMany({
          where: { username: late.username },
          data: { expiresAt: new Date(0) },
        });
        await prisma.user.updateMany({ where: { id: gone.id }, data: { status: 'SUSPENDED' } });
      });
      const elsewhere = expired.replace(/_[0-9a-f]{32}_/, `_${world.other.id.replaceAll('-', '')}_`);
      const tokens = [
        expired,
        orphaned,
        elsewhere,
        mintSecret('reset', world.tenant.id).token,
        mintSecret('reset', randomUUID()).token,
        mintSecret('refresh', world.tenant.id).token,
        'garbage',
      ];
      for (const token of tokens) expect(problemOf(await reset(token))).toEqual(INVALID_LINK);
      expect((await signIn(late, PASSWORD)).status).toBe(200);
    });

    it('stores the hash of the token only', async () => {
      const user = await newUser();
      const token = await linkFor(user);
      const rows = await world.make.inTenant(world.tenant, () =>
        test.app.get(PrismaService).passwordResetToken.findMany({ where: { username: user.username } }),
      );
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(token.slice(-43));
    });

    it('stops working when the password is changed otherwise', async () => {
      const user = await newUser();
      const token = await linkFor(user);
      const { accessToken } = (await signIn(user, PASSWORD)).body;
      await world
        .bearer(accessToken)
        .post('/auth/password/change', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
      expect(problemOf(await reset(token))).toEqual(INVALID_LINK);
    });

    it('refuses a password that is too short before it looks at the token', async () => {
      const response = await reset('garbage', 'short');
      expect(problemOf(response)).toEqual({ status: 400, code: 'request.invalid' });
      expect(response.body.errors).toEqual([expect.objectContaining({ pointer: '/password' })]);
    });
  });
});
