import { hash } from '@node-rs/argon2';
import { findAddressCollisions } from '../../../scripts/db/address-collisions.ts';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { normalizeEmail } from '../../../src/common/values/email-address.js';
import { problemOf } from '../../support/contract.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { uniqueName } from '../../support/unique-name.js';
import { testDatabase } from '../../support/test-database.js';
import { TenantWorld } from '../../support/tenant-world.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

const PASSWORD = 'correct horse battery';
const TAKEN = { status: 409, code: 'user.email_taken' };

/** One address in its one spelling, and in others that keyboards and mail programs send. */
function addressInSpellings(): { stored: string; others: string[] } {
  const name = `josé.${uniqueName('x')}`;
  return {
    stored: `${name}@bücher.example`,
    others: [
      `${name.normalize('NFD')}@bücher.example`,
      `${name}@${'bücher'.normalize('NFD')}.example`,
      `${name}@xn--bcher-kva.example`,
      `${name.normalize('NFD').toUpperCase()}@XN--BCHER-KVA.Example`,
    ],
  };
}

describe('one address in several spellings', () => {
  let test: TestApp;
  let world: TenantWorld;
  const prisma = () => test.app.get(PrismaService);
  const admin = () => world.as('admin');

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const newcomer = (email: string) => ({ email, username: uniqueName('u'), role: 'member', password: PASSWORD });

  it('is one user, who signs in by each of them', async () => {
    const { stored, others } = addressInSpellings();
    const created = await admin().post('/users', newcomer(others[0]!));
    expect(created.body).toMatchObject({ email: stored });
    for (const spelling of [stored, ...others]) {
      expect(problemOf(await admin().post('/users', newcomer(spelling)))).toEqual(TAKEN);
      expect(problemOf(await admin().post('/users/invitations', { email: spelling, role: 'member' }))).toEqual(TAKEN);
      expect((await world.signIn(spelling, PASSWORD)).status).toBe(200);
    }
    const other = await world.newPerson();
    const path = `/users/${other.user.id}`;
    expect(problemOf(await admin().patch(path, { email: others[2] }))).toEqual(TAKEN);
    expect(problemOf(await admin().post('/dbal/entities/User', newcomer(others[1]!)))).toEqual(TAKEN);
  });

  it('is one name to a lock: another spelling brings no further guesses', async () => {
    const { stored, others } = addressInSpellings();
    await admin().post('/users', newcomer(stored));
    const spellings = [stored, ...others];
    for (const spelling of spellings) expect((await world.signIn(spelling, 'wrong')).status).toBe(401);
    for (const spelling of spellings) expect((await world.signIn(spelling, PASSWORD)).status).toBe(429);
  });

  it('is found by each of them, in lists and by the name of the entity', async () => {
    const { stored, others } = addressInSpellings();
    const { body: user } = await admin().post('/users', newcomer(stored));
    for (const spelling of [stored, ...others]) {
      const search = await admin().get(`/users?search=${encodeURIComponent(spelling)}`);
      expect(search.body.data.map(({ id }: { id: string }) => id)).toEqual([user.id]);
      for (const filter of [{ email: spelling }, { email: { in: [spelling] } }]) {
        const found = await admin().get(`/dbal/entities/User?filter=${encodeURIComponent(JSON.stringify(filter))}`);
        expect(found.body.data.map(({ id }: { id: string }) => id)).toEqual([user.id]);
      }
    }
  });

  it('leaves accounts alone that share it since before: each signs in by its own spelling, and none is added', async () => {
    const { stored, others } = addressInSpellings();
    const [decomposed] = others as [string];
    const older = await world.make.createUser(world.tenant, { email: decomposed, password: PASSWORD });
    expect((await world.signIn(stored, PASSWORD)).body.user.id).toBe(older.id);
    expect(problemOf(await admin().post('/users', newcomer(stored)))).toEqual(TAKEN);

    const newer = await world.make.createUser(world.tenant, { email: stored, password: PASSWORD });
    expect((await world.signIn(decomposed, PASSWORD)).body.user.id).toBe(older.id);
    expect((await world.signIn(stored, PASSWORD)).body.user.id).toBe(newer.id);
    const { ownerUrl } = await testDatabase();
    const collisions = await findAddressCollisions(ownerUrl, normalizeEmail);
    const listed = collisions.filter(({ tenant }) => tenant === world.tenant.slug);
    expect(listed.map(({ address }) => address)).toEqual([stored]);
    expect(listed[0]!.accounts.map(({ id }) => id).sort()).toEqual([older.id, newer.id].sort());
    // What is not about the address still works.
    expect((await admin().patch(`/users/${older.id}`, { firstName: 'José' })).status).toBe(200);
  });

  it.each([
    '"ada lovelace"@example.com',
    'ada@example.com\nbcc: eve@example.com',
    'a\u0007da@example.com',
    'ada\u2028@example.com',
    '"eve@evil.example, ada"@example.com',
  ])('is none with quotes, blanks or control characters: %j', async (email) => {
    const { status, body } = await admin().post('/users', newcomer(email));
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ pointer: '/email', code: 'email' }]);
    expect((await admin().patch('/tenant', { billingEmail: email })).status).toBe(400);
  });

  it.each(['two\u2028lines', 'two\u2029lines', 'two\nlines', 'two\u0085lines', 'a\u007f'])(
    'has no line break or control character, and a name has none either: %j',
    async (firstName) => {
      expect((await admin().post('/users', { ...newcomer('a@example.com'), firstName })).status).toBe(400);
    },
  );

  describe('passwords', () => {
    const SENT = 'pa\u0308sswort\u00a0mit Leerzeichen';
    const TODAY = 'pässwort mit Leerzeichen';
    const hashOf = (username: string, tenant: TestTenant = world.tenant): Promise<string> =>
      world.make.inTenant(
        tenant,
        async () => (await prisma().credential.findFirstOrThrow({ where: { username } })).passwordHash,
      );

    it('are one in every spelling', async () => {
      const body = newcomer(`${uniqueName('p')}@example.com`);
      await admin().post('/users', { ...body, password: SENT });
      for (const spelling of [SENT, TODAY, TODAY.normalize('NFD'), TODAY.replace(' ', '\u3000')]) {
        expect((await world.signIn(body.username, spelling)).status).toBe(200);
      }
      expect((await world.signIn(body.username, TODAY.toUpperCase())).status).toBe(401);
    });

    it('are counted in the form that is hashed', async () => {
      const create = (password: string) =>
        admin().post('/users', { ...newcomer(`${uniqueName('p')}@example.com`), password });
      expect((await create('a\u0308'.repeat(11))).status).toBe(400);
      expect((await create('a\u0308'.repeat(12))).status).toBe(201);
      expect((await create('👩‍🚀'.repeat(4))).status).toBe(201);
      expect((await create('\u1112\u1161\u11ab'.repeat(128))).status).toBe(201);
      expect((await create('\u1112\u1161\u11ab'.repeat(129))).status).toBe(400);
    });

    it.each([
      ['as it was sent', SENT],
      ['decomposed', SENT.normalize('NFD')],
    ])('that were hashed %s let in, and are hashed anew', async (_form, old) => {
      const user = await world.make.createUser(world.tenant, { password: PASSWORD });
      const set = (passwordHash: string) =>
        world.make.inTenant(world.tenant, () =>
          prisma().credential.updateMany({ where: { username: user.username }, data: { passwordHash } }),
        );
      const oldHash = await hash(old);
      await set(oldHash);
      expect((await world.signIn(user.username, `${SENT}!`)).status).toBe(401);
      expect(await hashOf(user.username)).toBe(oldHash);

      const signedIn = await world.signIn(user.username, SENT);
      expect(signedIn.status).toBe(200);
      const newHash = await hashOf(user.username);
      expect(newHash).not.toBe(oldHash);
      expect((await world.signIn(user.username, TODAY)).status).toBe(200);
      expect(await hashOf(user.username)).toBe(newHash);
      // Nobody is signed out by it.
      expect((await world.bearer(signedIn.body.accessToken).get('/auth/me')).status).toBe(200);
    });

    it('of platform admins follow the same rules, and so do their addresses', async () => {
      const { stored, others } = addressInSpellings();
      const platform = test.app.get(PlatformPrismaService);
      const login = (email: string, password: string) =>
        world.nobody().post('/platform/auth/login', { email, password });
      const oldHash = await hash(SENT);
      const { id } = await platform.platformAdmin.create({ data: { email: others[0]!, passwordHash: oldHash } });
      for (const spelling of [stored, ...others]) expect((await login(spelling, SENT)).status).toBe(200);
      const { passwordHash } = await platform.platformAdmin.findFirstOrThrow({ where: { id } });
      expect(passwordHash).not.toBe(oldHash);
      expect((await login(stored, TODAY)).status).toBe(200);
    });
  });
});
