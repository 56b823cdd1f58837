import { randomUUID } from 'node:crypto';
import { mintSecret } from '../../../src/common/auth/secret-token.js';
import { MailTransport } from '../../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../../src/common/mail/memory.transport.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { TenantContext } from '../../../src/common/tenancy/tenant-context.js';
import { describeContract, problemOf } from '../../support/contract.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

const PASSWORD = 'correct horse battery';
const INVALID = { status: 422, code: 'invitation.invalid' };
const invitee = (given: object = {}) => ({ email: `i-${randomUUID()}@example.com`, role: 'member', ...given });

describe('invitations over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;
  let mails: MemoryTransport;

  beforeAll(async () => {
    test = await createTestApp({ APP_ROLE: 'all' });
    world = await TenantWorld.create(test);
    mails = test.app.get(MailTransport) as MemoryTransport;
  });
  afterAll(() => test.close());

  const tokenMailedTo = async (email: string): Promise<string> => {
    const { text } = await mails.mailTo(email);
    return /#token=(invite_[0-9a-f]{32}_[\w-]{43})/.exec(text)![1]!;
  };
  const accept = (token: string, password = PASSWORD, headers = {}) =>
    world.nobody().post('/auth/invitations/accept', { token, password }, headers);

  describeContract(() => world, {
    'POST /users/invitations': {
      allow: 'admin',
      body: invitee(),
      invalidBodies: {
        'an e-mail address that is none': invitee({ email: 'nobody' }),
        'a missing role': { email: 'ada@example.com' },
        'a username that is null': invitee({ username: null }),
        'a password, which is for the invited to choose': invitee({ password: PASSWORD }),
      },
    },
  });

  it('mails a token that makes the user active with their own password, once', async () => {
    const body = invitee({ firstName: 'Ada' });
    const invited = await world.as('admin').post('/users/invitations', body);
    expect(invited.status).toBe(201);
    expect(invited.body).toEqual({
      id: expect.any(String),
      status: 'open',
      invitedBy: await world.idOf('admin'),
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      acceptedAt: null,
      revokedAt: null,
      user: expect.objectContaining({ email: body.email, firstName: 'Ada', status: 'INVITED', role: 'member' }),
    });
    const lifetimeMs = Date.parse(invited.body.expiresAt) - Date.parse(invited.body.createdAt);
    expect(Math.round(lifetimeMs / 3_600_000)).toBe(7 * 24);

    const token = await tokenMailedTo(body.email);
    const accepted = await accept(token);
    expect(accepted.status).toBe(200);
    expect(accepted.body).toMatchObject({ id: invited.body.user.id, status: 'ACTIVE', version: 2 });
    expect((await world.signIn(body.email, PASSWORD)).status).toBe(200);
    expect(problemOf(await accept(token, 'another password'))).toEqual(INVALID);
    const actions = (await world.auditOf(invited.body.user.id)).map(({ action }) => action);
    expect(actions).toEqual(['user.created', 'user.invited', 'user.invitation_accepted', 'user.signed_in']);
  });

  describe('once they are sent', () => {
    const inviteAs = async (role: 'admin' | 'owner', body = invitee()) =>
      (await world.as(role).post('/users/invitations', body)).body as {
        id: string;
        user: { id: string; email: string };
      };
    const foreignInvitation = async () => {
      const { body } = await world.as('owner', world.other).post('/users/invitations', invitee());
      return (body as { id: string }).id;
    };

    describeContract(() => Object.assign(world, { foreignId: foreignInvitation }), {
      'GET /invitations': { allow: 'admin', invalidQueries: ['status=lost', 'limit=101', 'surprise=1'] },
      'POST /invitations/:id/resend': { allow: 'admin' },
      'DELETE /invitations/:id': { allow: 'admin' },
    });

    it('are listed with what became of them, newest first', async () => {
      const tenant = await world.make.createTenant();
      const owner = world.as('owner', tenant);
      const list = async (query = '') => {
        const { body } = await owner.get(`/invitations${query}`);
        const { data, meta } = body as { data: { id: string; status: string }[]; meta: { total: number } };
        expect(data).toHaveLength(meta.total);
        return data.map(({ id, status }) => [id, status]);
      };
      const ids: string[] = [];
      const people = [invitee(), invitee(), invitee(), invitee()];
      for (const body of people) ids.push((await owner.post('/users/invitations', body)).body.id as string);
      const [open, accepted, revoked, expired] = ids as [string, string, string, string];
      expect((await accept(await tokenMailedTo(people[1]!.email))).status).toBe(200);
      expect((await owner.delete(`/invitations/${revoked}`)).status).toBe(204);
      await world.make.inTenant(tenant, () =>
        test.app.get(PrismaService).invitation.updateMany({ where: { id: expired }, data: { expiresAt: new Date(0) } }),
      );
      const all = [
        [expired, 'expired'],
        [revoked, 'revoked'],
        [accepted, 'accepted'],
        [open, 'open'],
      ];
      expect(await list()).toEqual(all);
      for (const [id, status] of all) expect(await list(`?status=${status}`)).toEqual([[id, status]]);
    });

    it('are resent with another link, also when they have expired; the old link stops working', async () => {
      const { id, user } = await inviteAs('admin');
      const old = await tokenMailedTo(user.email);
      await world.make.inTenant(world.tenant, () =>
        test.app.get(PrismaService).invitation.updateMany({ where: { id }, data: { expiresAt: new Date(0) } }),
      );
      mails.sent.splice(0);
      const resent = await world.as('owner').post(`/invitations/${id}/resend`);
      expect(resent.status).toBe(200);
      expect(resent.body).toMatchObject({ id, status: 'open', invitedBy: await world.idOf('owner'), user });
      const token = await tokenMailedTo(user.email);
      expect(problemOf(await accept(old))).toEqual(INVALID);
      expect((await accept(token)).status).toBe(200);
      const closed = { status: 409, code: 'invitation.closed' };
      expect(problemOf(await world.as('owner').post(`/invitations/${id}/resend`))).toEqual(closed);
      expect(problemOf(await world.as('owner').delete(`/invitations/${id}`))).toEqual(closed);
      expect((await world.auditOf(user.id)).map(({ action }) => action)).toContain('user.invitation_resent');
    });

    it('are revoked: the link stops working, and the user can be invited again', async () => {
      const body = invitee();
      const { id, user } = await inviteAs('admin', body);
      const token = await tokenMailedTo(user.email);
      expect((await world.as('admin').delete(`/invitations/${id}`)).status).toBe(204);
      expect(problemOf(await accept(token))).toEqual(INVALID);
      const closed = { status: 409, code: 'invitation.closed' };
      expect(problemOf(await world.as('admin').post(`/invitations/${id}/resend`))).toEqual(closed);
      expect((await world.auditOf(user.id)).map(({ action }) => action)).toContain('user.invitation_revoked');
      const again = await world.as('admin').post('/users/invitations', body);
      expect(again.status).toBe(201);
      expect(again.body.user.id).toBe(user.id);
    });

    it('are no business of those below the invited, nor of keys at their level', async () => {
      const { id, user } = await inviteAs('owner', invitee({ role: 'admin' }));
      const { body } = await world.as('admin').post('/api-keys', { name: 'a program' });
      const key = { 'X-API-Key': (body as { key: string }).key };
      expect(problemOf(await world.nobody().post(`/invitations/${id}/resend`, {}, key))).toEqual({
        status: 403,
        code: 'user.not_below_your_level',
      });
      await world.make.inTenant(world.tenant, () =>
        test.app.get(PrismaService).user.updateMany({ where: { id: user.id }, data: { status: 'ACTIVE' } }),
      );
      expect(problemOf(await world.as('owner').post(`/invitations/${id}/resend`)).code).toBe('invitation.closed');
    });
  });

  it('stores no token with the invitation', async () => {
    const body = invitee();
    const { id } = (await world.as('admin').post('/users/invitations', body)).body;
    const token = await tokenMailedTo(body.email);
    const stored = await world.make.inTenant(world.tenant, () =>
      test.app.get(PrismaService).invitation.findFirst({ where: { id } }),
    );
    expect(stored).not.toBeNull();
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  it('lets exactly one of ten simultaneous acceptances through', async () => {
    const body = invitee();
    await world.as('admin').post('/users/invitations', body);
    const token = await tokenMailedTo(body.email);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => accept(token, `${PASSWORD} ${n}`)));
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 422)]);
    expect((await world.signIn(body.email, `${PASSWORD} ${winner}`)).status).toBe(200);
  });

  it('invites whoever is created without a password', async () => {
    const { email } = invitee();
    const body = { email, role: 'viewer', username: `u-${randomUUID().slice(0, 13)}` };
    const created = await world.as('admin').post('/users', body);
    expect(created.body).toMatchObject({ status: 'INVITED' });
    expect((await accept(await tokenMailedTo(email))).body).toMatchObject({ id: created.body.id, status: 'ACTIVE' });
  });

  it('replaces the older token when inviting again, and takes the newer role', async () => {
    const body = invitee();
    const first = await world.as('admin').post('/users/invitations', body);
    const older = await tokenMailedTo(body.email);
    mails.sent.length = 0;
    const second = await world.as('admin').post('/users/invitations', { ...body, role: 'manager' });
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.body.user).toMatchObject({ id: first.body.user.id, role: 'manager' });
    const newer = await tokenMailedTo(body.email);
    expect(problemOf(await accept(older))).toEqual(INVALID);
    expect((await accept(newer)).status).toBe(200);
  });

  it('makes one user of five simultaneous invitations to one address, and one token that works', async () => {
    const body = invitee();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => world.as('admin').post('/users/invitations', body)),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.user.id)).size).toBe(1);
    const open = await world.make.inTenant(world.tenant, () =>
      test.app.get(PrismaService).invitation.count({ where: { userId: answers[0]!.body.user.id, revokedAt: null } }),
    );
    expect(open).toBe(1);
  });

  it('refuses to invite who is a user already, above oneself, or as an owner', async () => {
    const { user } = await world.newPerson();
    const attempts = [
      [await world.as('admin').post('/users/invitations', invitee({ email: user.email })), 409, 'user.email_taken'],
      [await world.as('admin').post('/users/invitations', invitee({ role: 'owner' })), 403, 'user.above_your_level'],
      [await world.as('owner').post('/users/invitations', invitee({ role: 'owner' })), 409, 'user.owner_exists'],
    ] as const;
    for (const [answer, status, code] of attempts) expect(problemOf(answer)).toEqual({ status, code });
  });

  it('keeps to the limit of users', async () => {
    const tenant = await world.make.createTenant({ quota: { users: 2 } });
    expect((await world.as('owner', tenant).post('/users/invitations', invitee())).status).toBe(201);
    const refused = await world.as('owner', tenant).post('/users/invitations', invitee());
    expect(problemOf(refused)).toEqual({ status: 422, code: 'plan.limit_reached' });
  });

  it('makes a free username of the address', async () => {
    const tenant = await world.make.createTenant();
    const names = [];
    for (const domain of ['a.example', 'b.example', 'c.example']) {
      const answer = await world.as('owner', tenant).post('/users/invitations', invitee({ email: `ada+x@${domain}` }));
      names.push(answer.body.user.username);
    }
    expect(names).toEqual(['ada.x', 'ada.x-2', 'ada.x-3']);
  });

  it('voids the token that was mailed to an address which is corrected, and mails a new one', async () => {
    const body = invitee();
    const { user } = (await world.as('admin').post('/users/invitations', body)).body;
    const older = await tokenMailedTo(body.email);
    const corrected = invitee().email;
    expect((await world.as('admin').patch(`/users/${user.id}`, { email: corrected })).status).toBe(200);
    expect(problemOf(await accept(older))).toEqual(INVALID);
    expect((await accept(await tokenMailedTo(corrected))).status).toBe(200);
  });

  it('lets the owner of a new tenant in by the token that provisioning gave out and mailed', async () => {
    const slug = uniqueName('t');
    const ownerEmail = `grace.${slug}@example.com`;
    const platform = world.bearer(await world.make.platformToken());
    const { status, body } = await platform.post('/platform/tenants', { slug, name: slug, ownerEmail });
    expect(status).toBe(201);
    const accepted = await accept(body.invitationToken);
    expect(accepted.body).toMatchObject({
      email: ownerEmail,
      username: `grace.${slug}`,
      role: 'owner',
      status: 'ACTIVE',
    });
    const login = { tenant: slug, identifier: ownerEmail, password: PASSWORD };
    expect((await world.nobody().post('/auth/login', login)).status).toBe(200);
    expect(await tokenMailedTo(ownerEmail)).toBe(body.invitationToken);
  });

  describe('accepting', () => {
    const invited = async (): Promise<{ token: string; id: string }> => {
      const body = invitee();
      const { user } = (await world.as('admin').post('/users/invitations', body)).body;
      return { token: await tokenMailedTo(body.email), id: user.id };
    };

    it('gives one answer for tokens that are garbage, unknown, of another kind or of no tenant', async () => {
      const tokens = [
        'garbage',
        mintSecret('invite', world.tenant.id).token,
        mintSecret('reset', world.tenant.id).token,
        mintSecret('invite', randomUUID()).token,
      ];
      const answers = await Promise.all(tokens.map((token) => accept(token)));
      expect(answers.map(problemOf)).toEqual(tokens.map(() => INVALID));
      expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
    });

    it('does not find the token in a tenant that the token does not name', async () => {
      const { token } = await invited();
      const forged = token.replace(world.tenant.id.replaceAll('-', ''), world.other.id.replaceAll('-', ''));
      expect(problemOf(await accept(forged))).toEqual(INVALID);
      expect((await accept(token)).status).toBe(200);
    });

    it('refuses a request that names another tenant than the token', async () => {
      const { token } = await invited();
      const answer = await accept(token, PASSWORD, { 'X-Tenant-ID': world.other.id });
      expect(problemOf(answer)).toEqual({ status: 403, code: 'tenant.mismatch' });
      expect((await accept(token, PASSWORD, { 'X-Tenant-ID': world.tenant.id })).status).toBe(200);
    });

    it('refuses an expired token', async () => {
      const { token, id } = await invited();
      await test.app
        .get(TenantContext)
        .run({ tenantId: world.tenant.id, source: 'system' }, () =>
          test.app.get(PrismaService).invitation.updateMany({ where: { userId: id }, data: { expiresAt: new Date() } }),
        );
      expect(problemOf(await accept(token))).toEqual(INVALID);
    });

    it('refuses the token of a user who was deleted', async () => {
      const { token, id } = await invited();
      await world.as('admin').delete(`/users/${id}`);
      expect(problemOf(await accept(token))).toEqual(INVALID);
    });

    it('uses the token up for nothing but a valid password', async () => {
      const { token } = await invited();
      expect((await accept(token, 'short')).status).toBe(400);
      expect((await accept(token)).status).toBe(200);
    });

    it('refuses fields it does not know', async () => {
      const body = { token: 'x', password: PASSWORD, role: 'owner' };
      const answer = await world.nobody().post('/auth/invitations/accept', body);
      expect(problemOf(answer)).toEqual({ status: 400, code: 'request.invalid' });
    });
  });
});
