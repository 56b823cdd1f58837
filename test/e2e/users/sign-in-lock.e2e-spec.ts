import { MailTransport } from '../../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../../src/common/mail/memory.transport.js';
import { PasswordHasher } from '../../../src/common/auth/password-hasher.js';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { LoginAttemptsRepository } from '../../../src/modules/users/auth/login-attempts.repository.js';
import { problemOf } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

const PASSWORD = 'correct horse battery';
const HOME = '198.51.100.7';
const LOCKED = { status: 429, code: 'auth.locked' };
const INVALID = { status: 401, code: 'auth.invalid_credentials' };

/** Behind a proxy, so that requests come from wherever they say. */
describe('the lock of signing in', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp({ APP_ROLE: 'all', TRUST_PROXY: '1', LOG_LEVEL: 'info' });
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const signIn = (identifier: string, from: string, password = PASSWORD) =>
    world
      .nobody()
      .post('/auth/login', { tenant: world.tenant.slug, identifier, password }, { 'X-Forwarded-For': from });
  const guess = (identifier: string, from: string) => signIn(identifier, from, 'wrong password');
  const newUser = () => world.make.createUser(world.tenant, { password: PASSWORD });
  /** As if that many guesses had been made from as many networks. */
  const guessedFromElsewhere = async (identifier: string, failures: number) => {
    await guess(identifier, '203.0.113.200');
    const { prisma } = { prisma: test.app.get(PrismaService) };
    await world.make.inTenant(
      world.tenant,
      () => prisma.$executeRaw`
        UPDATE login_attempts a SET failures = ${failures}::int
        WHERE name_hash IS NULL AND identifier_hash = encode(sha256(convert_to(${identifier}, 'UTF8')), 'hex')`,
    );
  };

  it.each(['a user', 'nobody'])('closes the name of %s to the network that guessed, and to no other', async (who) => {
    const user = await newUser();
    const name = who === 'nobody' ? uniqueName('nobody') : user.email;
    for (let n = 0; n < 5; n++) expect(problemOf(await guess(name, '203.0.113.1'))).toEqual(INVALID);
    const locked = await signIn(name, '203.0.113.1');
    expect(problemOf(locked)).toEqual(LOCKED);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(290);
    expect((await signIn(name, '203.0.113.2')).status).toBe(who === 'nobody' ? 401 : 200);
  });

  it('takes a /64 of IPv6 for one network', async () => {
    const { email } = await newUser();
    for (let n = 1; n <= 5; n++) await guess(email, `2001:db8:0:1::${n}`);
    expect(problemOf(await signIn(email, '2001:db8:0:1:ffff::1'))).toEqual(LOCKED);
    expect((await signIn(email, '2001:db8:0:2::1')).status).toBe(200);
  });

  it.each(['a user', 'nobody'])('closes the name of %s as a whole at fifty failures', async (who) => {
    const name = who === 'nobody' ? uniqueName('nobody') : (await newUser()).email;
    await guessedFromElsewhere(name, 48);
    expect(problemOf(await guess(name, '203.0.113.50'))).toEqual(INVALID);
    expect(problemOf(await guess(name, '203.0.113.51'))).toEqual(INVALID);
    expect(problemOf(await signIn(name, '203.0.113.52'))).toEqual(LOCKED);
  });

  it('stays open to networks from which the account signed in within 30 days, and to their own five guesses', async () => {
    const user = await newUser();
    expect((await signIn(user.username, HOME)).status).toBe(200);
    await guessedFromElsewhere(user.email, 49);
    await guess(user.email, '203.0.113.60');
    expect(problemOf(await signIn(user.email, '203.0.113.61'))).toEqual(LOCKED);
    expect((await signIn(user.email, HOME)).status).toBe(200);

    const prisma = test.app.get(PrismaService);
    const age = (days: number) =>
      world.make.inTenant(
        world.tenant,
        () => prisma.$executeRaw`
          UPDATE sign_in_networks SET last_sign_in_at = now() - ${days} * interval '1 day' WHERE user_id = ${user.id}::uuid`,
      );
    await age(29);
    expect((await signIn(user.email, HOME)).status).toBe(200);
    await age(31);
    expect(problemOf(await signIn(user.email, HOME))).toEqual(LOCKED);
    await age(1);
    for (let n = 0; n < 5; n++) expect(problemOf(await guess(user.email, HOME))).toEqual(INVALID);
    expect(problemOf(await signIn(user.email, HOME))).toEqual(LOCKED);
  });

  it('is not closed to a network by what strangers type elsewhere', async () => {
    const { email } = await newUser();
    expect((await signIn(email, HOME)).status).toBe(200);
    for (const separator of ['\n', ' ']) {
      for (let n = 1; n <= 5; n++) await guess(`${email}${separator}${HOME}`, `203.0.113.${70 + n}`);
    }
    expect(problemOf(await guess(email, HOME))).toEqual(INVALID);
    expect((await signIn(email, HOME)).status).toBe(200);
  });

  it('counts username and e-mail address apart', async () => {
    const user = await newUser();
    for (let n = 0; n < 5; n++) await guess(user.username, '203.0.113.3');
    expect(problemOf(await signIn(user.username, '203.0.113.3'))).toEqual(LOCKED);
    expect((await signIn(user.email, '203.0.113.3')).status).toBe(200);
  });

  it('is opened everywhere by a reset by mail', async () => {
    const user = await newUser();
    const mails = test.app.get(MailTransport) as MemoryTransport;
    for (const from of ['203.0.113.4', '203.0.113.5']) {
      for (let n = 0; n < 5; n++) await guess(user.email, from);
    }
    await guessedFromElsewhere(user.username, 49);
    await guess(user.username, '203.0.113.6');
    await world.nobody().post('/auth/password/forgot', { tenant: world.tenant.slug, identifier: user.email });
    const token = /#token=(\S+)/.exec((await mails.mailTo(user.email)).text)![1]!;
    const password = 'staple battery horse';
    expect((await world.nobody().post('/auth/password/reset', { token, password })).status).toBe(204);
    expect((await signIn(user.email, '203.0.113.4', password)).status).toBe(200);
    expect((await signIn(user.email, '203.0.113.5', password)).status).toBe(200);
    expect((await signIn(user.username, '203.0.113.9', password)).status).toBe(200);
  });

  it('keeps nobody from a reset by mail, whatever strangers type', async () => {
    const user = await newUser();
    const mails = test.app.get(MailTransport) as MemoryTransport;
    for (let n = 1; n <= 5; n++) await guess(`password reset mails to ${user.username}`, `203.0.113.${80 + n}`);
    for (let n = 1; n <= 2; n++) {
      await world.nobody().post('/auth/password/forgot', { tenant: world.tenant.slug, identifier: user.email });
      const received = await eventually(
        () => mails.sent.filter(({ to }) => to === user.email).length,
        (count) => count === n,
      );
      expect(received).toBe(n);
    }
  });

  it('is in the audit log where it is somebody’s, like sign-ins and sign-outs', async () => {
    const user = await newUser();
    for (let n = 0; n < 5; n++) await guess(user.email, '203.0.113.7');
    const { body } = await signIn(user.email, HOME);
    const { accessToken, refreshToken } = body as { accessToken: string; refreshToken: string };
    expect((await world.bearer(accessToken).post('/auth/logout', { refreshToken })).status).toBe(204);
    const entries = await eventually(
      () => world.auditOf(user.id),
      (all) => all.length === 8,
    );
    const sessionId = expect.any(String);
    expect(entries.slice(-2)).toEqual([
      { action: 'user.signed_in', actorKind: 'user', actorId: user.id, details: { sessionId } },
      { action: 'user.signed_out', actorKind: 'user', actorId: user.id, details: { sessionId } },
    ]);
    expect(entries.filter(({ action }) => action === 'user.locked_out')).toEqual([
      expect.objectContaining({ actorKind: 'system', details: { from: '203.0.113.7', forMs: 300_000 } }),
    ]);
  });

  it('keeps a bounded number of counters', async () => {
    const attempts = test.app.get(LoginAttemptsRepository);
    const prisma = test.app.get(PrismaService);
    const tenant = await world.make.createTenant();
    await world.make.inTenant(tenant, async () => {
      for (let n = 0; n < 6; n++) await attempts.count({ own: `own ${n}`, name: `name ${n}` });
      await prisma.$executeRaw`UPDATE login_attempts SET window_started_at = now() - interval '16 minutes' WHERE identifier_hash = 'own 5'`;
      await attempts.prune(8);
      const rows = await prisma.loginAttempt.findMany({ select: { identifierHash: true } });
      expect(rows).toHaveLength(8);
      expect(rows).not.toContainEqual({ identifierHash: 'own 5' });
      expect(rows).not.toContainEqual({ identifierHash: 'own 0' });
    });
  });

  describe('of platform admins', () => {
    const email = `${uniqueName('platform')}@example.test`;
    let adminId: string;
    beforeAll(async () => {
      const passwordHash = await test.app.get(PasswordHasher).hash(PASSWORD);
      const data = { email, passwordHash };
      adminId = (await test.app.get(PlatformPrismaService).platformAdmin.create({ data, select: { id: true } })).id;
    });
    const login = (from: string, password = PASSWORD) =>
      world.nobody().post('/platform/auth/login', { email, password }, { 'X-Forwarded-For': from });

    it('is the same, and in the installation’s log', async () => {
      const signedIn = await login(HOME);
      expect(signedIn.status).toBe(200);
      for (let n = 0; n < 5; n++) expect(problemOf(await login('203.0.113.8', 'wrong password'))).toEqual(INVALID);
      expect(problemOf(await login('203.0.113.8'))).toEqual(LOCKED);
      await test.app.get(PlatformPrismaService).$executeRaw`
        UPDATE platform_login_attempts SET failures = 49
        WHERE identifier_hash = encode(sha256(convert_to(${email}, 'UTF8')), 'hex')`;
      expect(problemOf(await login('203.0.113.9', 'wrong password'))).toEqual(INVALID);
      expect(problemOf(await login('203.0.113.10'))).toEqual(LOCKED);
      expect((await login(HOME)).status).toBe(200);
      const { accessToken } = signedIn.body as { accessToken: string };
      expect((await world.bearer(accessToken).post('/platform/auth/logout', {})).status).toBe(204);

      const actions = test.log
        .filter(({ audit, actor }) => audit === true && (actor as { id?: string } | null)?.id === adminId)
        .map(({ action }) => action);
      expect(actions).toEqual([
        'platform_admin.signed_in',
        ...Array<string>(5).fill('platform_admin.sign_in_failed'),
        'platform_admin.locked_out',
        'platform_admin.sign_in_failed',
        'platform_admin.locked_out',
        'platform_admin.signed_in',
        'platform_admin.signed_out',
      ]);
    });
  });
});
