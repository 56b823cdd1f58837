import { AuditLogService } from '../../../src/modules/audit/audit-log.service.js';
import { AuditService } from '../../../src/common/audit/audit.service.js';
import type { Role } from '../../../src/common/identity/roles.js';
import { SYSTEM_ACTOR } from '../../../src/common/identity/actor.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { describeContract } from '../../support/contract.js';
import { eventually } from '../../support/eventually.js';
import type { TestTenant } from '../../support/factories/tenants.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { TenantWorld } from '../../support/tenant-world.js';

const LOG = '/api/v1/audit-log';

describe('the audit log over HTTP', () => {
  let test: TestApp;
  let world: TenantWorld;

  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  const contractWorld = () => ({
    http: world.http,
    tokenOf: (role: Role) => world.tokenOf(role),
    foreignId: () => entryOf(world.other),
  });
  describeContract(contractWorld, {
    'GET /audit-log': {
      allow: 'admin',
      invalidQueries: [
        'limit=101',
        'cursor=x',
        'actorId=ada',
        'actorKind=robot',
        'outcome=good',
        'from=yesterday',
        'to=2026-01-01',
        'from=2026-02-30T00:00:00Z',
        'to=9999-12-31T23:59:59-12:00',
        'action=a%25b',
        'format=xml',
        'surprise=1',
      ],
    },
    'GET /audit-log/:id': { allow: 'admin' },
  });

  /** The id of an entry of a tenant. */
  const entryOf = async (tenant: TestTenant): Promise<string> => {
    await record(tenant, { action: 'thing.made' });
    return world.make.inTenant(tenant, async () => {
      const entry = await test.app.get(PrismaService).auditEntry.findFirstOrThrow({ select: { id: true } });
      return entry.id;
    });
  };

  /** A new tenant with `count` entries, the oldest first, and its owner. */
  async function logOf(count: number) {
    const tenant = await world.make.createTenant();
    await world.make.inTenant(tenant, () =>
      test.app.get(PrismaService).auditEntry.createMany({
        data: Array.from({ length: count }, (_, index) => ({
          actorKind: 'system',
          action: 'thing.counted',
          targetId: String(index),
          createdAt: new Date(Date.UTC(2026, 0, 1) + Math.floor(index / 3)),
        })),
      }),
    );
    return { tenant, owner: world.bearer(await world.make.tokenFor(tenant.owner)) };
  }

  const record = (tenant: TestTenant, entry: Parameters<AuditService['record']>[1]) =>
    world.make.inTenant(tenant, () => test.app.get(AuditService).record(SYSTEM_ACTOR, entry));

  it('shows who did what to whom, with what was before and after', async () => {
    const { tenant, owner } = await logOf(0);
    const user = await world.make.createUser(tenant);
    await owner.patch(`/users/${user.id}`, { role: 'manager' }, { 'X-Request-Id': 'shown-request' });
    const response = await owner.get('/audit-log');
    expect(response.body).toEqual({
      data: [
        {
          id: expect.any(String),
          actorKind: 'user',
          actorId: tenant.owner.id,
          action: 'user.updated',
          targetType: 'user',
          targetId: user.id,
          outcome: 'done',
          details: { before: { role: 'member' }, after: { role: 'manager' } },
          requestId: 'shown-request',
          ipAddress: expect.any(String),
          userAgent: null,
          createdAt: expect.any(String),
        },
      ],
      meta: { limit: 20, nextCursor: null },
    });
  });

  it('pages from the newest to the oldest entry and shows each once', async () => {
    const { owner } = await logOf(25);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await owner.get(`/audit-log?limit=10${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ targetId }: { targetId: string }) => targetId));
      cursor = body.meta.nextCursor ?? '';
    } while (cursor);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
    const times = seen.map((id) => Math.floor(Number(id) / 3));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('can be narrowed down by each of its filters', async () => {
    const { tenant, owner } = await logOf(3);
    await owner.post('/users', {
      email: 'ada@example.com',
      username: 'ada',
      role: 'member',
      password: 'correct horse b',
    });
    await record(tenant, { action: 'thing.refused', targetType: 'thing', targetId: 'x', outcome: 'denied' });
    const actionsOf = async (query: string) =>
      (await owner.get(`/audit-log?${query}`)).body.data.map(({ action }: { action: string }) => action);
    expect(await actionsOf('action=thing.*')).toEqual(['thing.refused', ...Array(3).fill('thing.counted')]);
    expect(await actionsOf('action=thing.refused')).toEqual(['thing.refused']);
    expect(await actionsOf('action=thing_*')).toEqual([]);
    expect(await actionsOf('outcome=denied')).toEqual(['thing.refused']);
    expect(await actionsOf(`actorId=${tenant.owner.id}`)).toEqual(['user.created']);
    expect(await actionsOf('actorKind=user')).toEqual(['user.created']);
    expect(await actionsOf('targetType=thing&targetId=x')).toEqual(['thing.refused']);
    expect(await actionsOf('to=2026-01-01T00:00:00.001Z')).toEqual(Array(3).fill('thing.counted'));
    expect(await actionsOf('from=2026-01-01T00:00:00.001Z&action=thing.counted')).toEqual([]);
  });

  it('names details that are too large for a list, and shows them by the id', async () => {
    const { tenant, owner } = await logOf(0);
    const details = { text: 'x'.repeat(20_000) };
    await record(tenant, { action: 'thing.made', targetId: 'large', details });
    await record(tenant, { action: 'thing.made', targetId: 'small', details: { n: 1 } });
    const { body } = await owner.get('/audit-log?action=thing.*');
    expect(body.data).toMatchObject([
      { targetId: 'small', details: { n: 1 } },
      { targetId: 'large', details: null, omitted: ['details'] },
    ]);
    expect(body.data[0]).not.toHaveProperty('omitted');
    expect((await owner.get(`/audit-log/${body.data[1].id}`)).body).toMatchObject({ targetId: 'large', details });
  });

  it('is exported whole, in pieces of the size of its details', async () => {
    const { tenant, owner } = await logOf(0);
    const entries = Array.from({ length: 12 }, (_, n) => ({
      targetId: String(n),
      details: { text: 'x'.repeat(300_000) },
    }));
    for (const entry of entries) await record(tenant, { action: 'thing.made', ...entry });
    const pages = await world.make.inTenant(tenant, async () => {
      const sizes: number[] = [];
      for await (const page of await test.app
        .get(AuditLogService)
        .export(SYSTEM_ACTOR, { action: 'thing.made' }, 'csv'))
        sizes.push(page.length);
      return sizes;
    });
    expect(pages).toEqual([4, 4, 4]);
    const { text, body } = await owner.get('/audit-log?format=ndjson&action=thing.made');
    const lines = (text ?? String(body))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { targetId: string; details: unknown });
    expect(lines.map(({ targetId, details }) => ({ targetId, details }))).toEqual(entries.reverse());
  });

  it("never shows another tenant's entries", async () => {
    await logOf(3);
    const { owner } = await logOf(2);
    expect((await owner.get('/audit-log?action=thing.counted')).body.data).toHaveLength(2);
  });

  it('leaves out values of fields whose names sound like secrets, however deep', async () => {
    const { tenant, owner } = await logOf(0);
    await record(tenant, {
      action: 'thing.changed',
      before: { name: 'old', smtp: { password: 'hunter2' } },
      details: { input: { apiKey: 'key_1', list: [{ refreshToken: 'r' }] } },
    });
    const { details } = (await owner.get('/audit-log')).body.data[0];
    expect(details).toEqual({
      before: { name: 'old', smtp: { password: '[redacted]' } },
      input: { apiKey: '[redacted]', list: [{ refreshToken: '[redacted]' }] },
    });
  });

  it('holds what people tried that their role does not allow, the same thing once a minute', async () => {
    const { tenant, owner } = await logOf(0);
    const viewer = await world.newPerson({ role: 'viewer' }, tenant);
    const platform = world.bearer(await world.make.platformToken());
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect((await viewer.delete(`/users/${tenant.owner.id}?why=secret`)).status).toBe(403);
    }
    expect((await viewer.get('/audit-log')).status).toBe(403);
    expect((await platform.get('/power-transfers', { 'X-Tenant-ID': tenant.id })).status).toBe(403);
    expect((await viewer.get('/platform/tenants')).status).toBe(403);
    const { data } = (await owner.get('/audit-log?outcome=denied')).body;
    expect(data.map(({ actorKind, details }: Record<string, unknown>) => [actorKind, details])).toEqual([
      ['platform', { permission: 'power_transfer:read', method: 'GET', path: '/api/v1/power-transfers' }],
      ['user', { permission: 'audit:read', method: 'GET', path: '/api/v1/audit-log' }],
      ['user', { permission: 'user:delete', method: 'DELETE', path: `/api/v1/users/${tenant.owner.id}` }],
    ]);
  });

  it('holds what services refuse, also where their transaction was undone, and not what their own words tell', async () => {
    const { tenant, owner } = await logOf(0);
    const [admin, member] = [await world.newPerson({ role: 'admin' }, tenant), await world.newPerson({}, tenant)];
    const key = { 'Idempotency-Key': 'refused' };
    const rival = { email: 'rival@example.com', username: 'rival', role: 'owner', password: 'correct horse b' };
    for (const headers of [{}, key]) expect((await admin.post('/users', rival, headers)).status).toBe(403);
    expect((await member.patch(`/users/${member.user.id}`, { role: 'owner' }, key)).status).toBe(403);
    const input = { userId: tenant.owner.id, successorId: member.user.id };
    expect((await admin.post('/dbal/operations/offboard_user', { input })).status).toBe(403);
    const { data } = (await owner.get('/audit-log')).body;
    const told = data.filter(({ outcome }: { outcome: string }) => outcome !== 'done');
    expect(
      told.map(({ outcome, action, actorId, details }: Record<string, unknown>) => [outcome, action, actorId, details]),
    ).toEqual([
      ['failed', 'operation.run', admin.user.id, { input, error: 'user.above_your_level' }],
      [
        'denied',
        'request.refused',
        member.user.id,
        { code: 'auth.forbidden', method: 'PATCH', path: `/api/v1/users/${member.user.id}` },
      ],
      [
        'denied',
        'request.refused',
        admin.user.id,
        { code: 'user.above_your_level', method: 'POST', path: '/api/v1/users' },
      ],
    ]);
  });

  it('holds failed sign-ins of people there are, and none of names that anybody could make up', async () => {
    const { tenant, owner } = await logOf(0);
    const user = await world.make.createUser(tenant, { password: 'correct horse battery' });
    for (const name of ['nobody', user.username, user.email, 'nobody@example.com']) {
      expect((await world.signIn(name, 'wrong horse battery', tenant)).status).toBe(401);
    }
    const failures = async () => (await owner.get('/audit-log?action=user.sign_in_failed')).body.data;
    const entries = await eventually(failures, (found) => found.length >= 2);
    expect(entries).toEqual(
      Array(2).fill(
        expect.objectContaining({
          actorKind: 'system',
          targetId: user.id,
          outcome: 'denied',
          ipAddress: expect.any(String),
        }),
      ),
    );
  });

  it('is exported as NDJSON, beyond the size of one page of it', async () => {
    const { owner } = await logOf(1203);
    const response = await owner.get('/audit-log?format=ndjson');
    expect(response.headers['content-type']).toMatch(/^application\/x-ndjson/);
    expect(response.headers['content-disposition']).toBe('attachment; filename="audit-log.ndjson"');
    const lines = (response.text ?? String(response.body)).trim().split('\n');
    const ids = lines.map((line) => (JSON.parse(line) as { targetId: string }).targetId);
    // The newest entry is the export itself.
    expect(ids).toHaveLength(1204);
    expect(new Set(ids).size).toBe(1204);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      action: 'audit_log.exported',
      details: { format: 'ndjson', filter: {} },
    });
  });

  it('is exported as CSV that no spreadsheet takes for formulas', async () => {
    const { tenant, owner } = await logOf(0);
    await record(tenant, { action: 'thing.named', targetId: '=1+1', details: { note: 'with, comma and "quotes"' } });
    const response = await owner.get('/audit-log?format=csv&action=thing.named');
    expect(response.headers['content-type']).toMatch(/^text\/csv/);
    const [head, row, ...rest] = response.text.split('\r\n');
    expect(head).toBe(
      'createdAt,id,actorKind,actorId,action,outcome,targetType,targetId,details,requestId,ipAddress,userAgent',
    );
    expect(row).toContain(",thing.named,done,,'=1+1,");
    expect(row).toContain('"{""note"":""with, comma and \\""quotes\\""""}"');
    expect(rest).toEqual(['']);
  });

  it('is exported as CSV with a byte order mark where it is asked for', async () => {
    const { owner } = await logOf(1);
    const begin = async (query: string): Promise<string> => {
      const response = await owner.get(`/audit-log?${query}`);
      expect(response.status).toBe(200);
      return response.text.slice(0, 2);
    };
    expect(await begin('format=csv&bom=true')).toBe('\uFEFFc');
    expect(await begin('format=csv&bom=false')).toBe('cr');
    expect(await begin('format=ndjson&bom=true')).toBe('{"');
    expect((await owner.get('/audit-log?format=csv&bom=yes')).status).toBe(400);
  });

  it('exports what the filters leave, and nothing of other tenants', async () => {
    await logOf(2);
    const { owner } = await logOf(4);
    const response = await owner.get('/audit-log?format=csv&targetId=2');
    expect(response.text.trim().split('\r\n')).toHaveLength(2);
  });

  it('can be read with an API key of an admin, and not with one of a manager', async () => {
    for (const [role, status] of [
      ['admin', 200],
      ['manager', 403],
    ] as const) {
      const { key } = (await world.as(role).post('/api-keys', { name: 'reader' })).body;
      expect((await test.http.get(LOG).set('X-API-Key', key)).status).toBe(status);
    }
  });
});
