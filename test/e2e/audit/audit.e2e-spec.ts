import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { problemOf } from '../../support/contract.js';
import { type Factories, factories } from '../../support/factories.js';
import { uniqueName } from '../../support/unique-name.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { testDatabase } from '../../support/test-database.js';

let test: TestApp;
let make: Factories;
let platform: { Authorization: string };

beforeAll(async () => {
  test = await createTestApp();
  make = factories(test.app);
  platform = { Authorization: `Bearer ${await make.platformToken()}` };
});

afterAll(() => test.close());

const USERS = '/api/v1/users';
const insideOf = ({ id }: { id: string }) => ({ ...platform, 'X-Tenant-ID': id });

describe('A platform admin inside a tenant', () => {
  it("leaves every request in the tenant's audit log, without the query string", async () => {
    const tenant = await make.createTenant();
    const response = await test.http
      .get(`${USERS}?search=somebody@example.test`)
      .set({ ...insideOf(tenant), 'X-Request-Id': 'audited-request', 'User-Agent': 'audit test' });
    expect(response.status).toBe(200);

    const entries = await make.inTenant(tenant, () => test.app.get(PrismaService).auditEntry.findMany());
    expect(entries).toMatchObject([
      {
        tenantId: tenant.id,
        actorKind: 'platform',
        actorId: expect.any(String),
        action: 'platform.request',
        details: { method: 'GET', path: USERS },
        requestId: 'audited-request',
        ipAddress: expect.stringContaining('127.0.0.1'),
        userAgent: 'audit test',
      },
    ]);
  });

  it('does not keep the token of a hook', async () => {
    const tenant = await make.createTenant();
    await test.http.post('/api/v1/hooks/some-secret-token').set(insideOf(tenant)).send({});
    const entries = await make.auditEntries(tenant);
    expect(entries.map(({ details }) => details)).toEqual([{ method: 'POST', path: '/api/v1/hooks/[redacted]' }]);
  });

  it('leaves the request also when it fails and its own changes are undone', async () => {
    const tenant = await make.createTenant();
    const missing = await test.http.get(`${USERS}/${randomUUID()}`).set(insideOf(tenant));
    expect(missing.status).toBe(404);
    const { username } = tenant.owner;
    const taken = await test.http
      .post(USERS)
      .set({ ...insideOf(tenant), 'Idempotency-Key': randomUUID() })
      .send({ email: `${uniqueName('mail')}@example.test`, username, role: 'member' });
    expect(taken.status).toBe(409);
    const entries = await make.auditEntries(tenant);
    expect(entries.map(({ action, details }) => [action, details])).toEqual([
      ['platform.request', { method: 'GET', path: expect.stringContaining(USERS) }],
      ['platform.request', { method: 'POST', path: USERS }],
    ]);
  });

  it('is refused, and changes nothing, when the request cannot be written down', async () => {
    const tenant = await make.createTenant();
    const user = await make.createUser(tenant);
    const admin = new pg.Client({ connectionString: (await testDatabase()).adminUrl });
    await admin.connect();
    try {
      await admin.query('REVOKE INSERT ON audit_log FROM tenantry_app');
      const response = await test.http.delete(`${USERS}/${user.id}`).set(insideOf(tenant));
      expect(problemOf(response)).toEqual({ status: 503, code: 'audit.unavailable' });
      expect(response.headers['retry-after']).toBeDefined();
    } finally {
      await admin.query('GRANT INSERT ON audit_log TO tenantry_app');
      await admin.end();
    }
    expect((await test.http.get(`${USERS}/${user.id}`).set(insideOf(tenant))).status).toBe(200);
  });

  it('leaves no such entry outside of tenants, nor do people of the tenant', async () => {
    const tenant = await make.createTenant();
    await test.http.get('/api/v1/platform/tenants').set(platform).expect(200);
    const another = await make.createTenant();
    await test.http.get(`/api/v1/platform/tenants/${another.id}`).set(insideOf(tenant)).expect(200);
    const owner = { Authorization: `Bearer ${await make.tokenFor(tenant.owner)}` };
    await test.http.get(USERS).set(owner).expect(200);
    expect(await make.auditEntries(tenant)).toEqual([]);
  });
});

describe('The audit log', () => {
  it.each([
    ['changed', `UPDATE audit_log SET action = 'nothing'`],
    ['deleted', 'DELETE FROM audit_log'],
    ['emptied', 'TRUNCATE audit_log'],
  ])('cannot be %s by the application', async (_, sql) => {
    const { appUrl, platformUrl } = await testDatabase();
    for (const connectionString of [appUrl, platformUrl]) {
      const client = new pg.Client({ connectionString });
      await client.connect();
      try {
        await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
      } finally {
        await client.end();
      }
    }
  });
});
