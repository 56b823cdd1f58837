import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { withClient } from '../../../scripts/db/connect.ts';
import { DrainService } from '../../../src/common/http/drain.service.js';
import { StartupError } from '../../../src/common/errors/startup.error.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import { describeContract } from '../../support/contract.js';
import { signedInPlatformAdmin, signedInUser } from '../../support/principals.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { TenantWorld } from '../../support/tenant-world.js';

// Whole applications on a machine that may be busy with other tests.
jest.setTimeout(60_000);

/** Much longer than readiness remembers what the database said. */
const NOT_CACHED_MS = 20_000;
const POLL_MS = 20;

describe('probes', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  it.each(['/livez', '/readyz', '/startupz'])(
    '%s needs no credential, tenant or prefix and is not cached',
    async (path) => {
      const response = await test.http.get(path).set('X-Tenant-Slug', 'nobody-has-this').set('Host', 'x.example.com');
      expect(response.status).toBe(200);
      expect(response.body.status).toBe('ok');
      expect(response.headers['cache-control']).toMatch(/no-store/);
      expect((await test.http.get(`/api/v1${path}`)).status).toBe(404);
    },
  );

  it('names what was checked', async () => {
    const { body } = await test.http.get('/readyz');
    expect(Object.keys(body.details as object).sort()).toEqual(['database', 'migrations', 'queue']);
    expect(body.details.database.status).toBe('up');
  });

  it('asks the database once, however many probes come', async () => {
    const ping = jest.spyOn(test.app.get(PrismaService), 'ping');
    const responses = await Promise.all(Array.from({ length: 30 }, () => test.http.get('/readyz')));
    expect(responses.map(({ status }) => status)).toEqual(Array<number>(30).fill(200));
    expect(ping.mock.calls.length).toBeLessThanOrEqual(5);
    ping.mockRestore();
  });
});

describe('probes of a process in trouble', () => {
  let database: TestDatabase;
  let test: TestApp;
  beforeEach(async () => {
    database = await createTestDatabase();
    test = await createTestApp({
      DATABASE_URL: database.appUrl,
      DATABASE_PLATFORM_URL: database.platformUrl,
      DATABASE_WORKER_URL: database.workerUrl,
      DATABASE_LISTEN_URL: database.appUrl,
      DATABASE_POOL_TIMEOUT_MS: 500,
    });
  });
  afterEach(async () => {
    await test.close();
    await dropTestDatabase(database);
  });

  async function waitFor(path: string, status: number) {
    const deadline = Date.now() + NOT_CACHED_MS;
    for (;;) {
      const response = await test.http.get(path);
      if (response.status === status || Date.now() > deadline) return response;
      await pause(POLL_MS);
    }
  }

  it('are not ready while the database is away, but live and have started', async () => {
    expect((await test.http.get('/startupz')).status).toBe(200);
    await dropTestDatabase(database);
    const response = await waitFor('/readyz', 503);
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ status: 'error', error: { database: { status: 'down' } } });
    expect(response.text).not.toMatch(/127\.0\.0\.1|tenantry_/);
    expect((await test.http.get('/livez')).status).toBe(200);
    expect((await test.http.get('/startupz')).status).toBe(200);
  });

  it('are not ready while a migration is missing or has failed, and do not mind one that is ahead', async () => {
    const asAdmin = (sql: string) => withClient(database.adminUrl, (admin) => admin.query(sql));
    await asAdmin(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
                   VALUES ('ahead', '', '29990101000000_ahead', now(), 1)`);
    expect((await test.http.get('/readyz')).status).toBe(200);
    await asAdmin(`UPDATE _prisma_migrations SET finished_at = NULL WHERE id = 'ahead'`);
    const failed = await waitFor('/readyz', 503);
    expect(failed.body.error.migrations.message).toMatch(/29990101000000_ahead/);
    await asAdmin(`DELETE FROM _prisma_migrations WHERE id = 'ahead'`);
    expect((await waitFor('/readyz', 200)).status).toBe(200);
    await asAdmin(`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name LIKE '%_tenancy'`);
    expect((await waitFor('/readyz', 503)).body.error.migrations.message).toMatch(/_tenancy/);
  });

  it('are not ready while draining, and still live', async () => {
    test.app.get(DrainService).begin();
    const response = await test.http.get('/readyz');
    expect([response.status, response.body.status]).toEqual([503, 'shutting_down']);
    expect((await test.http.get('/livez')).status).toBe(200);
  });

  it('are still answered with a report', async () => {
    const admin = await signedInPlatformAdmin(test);
    const report = () => test.http.get('/api/v1/platform/health/report').set('Authorization', admin.authorization);
    expect((await report()).body.status).toBe('healthy');
    jest.spyOn(test.app.get(PrismaService), 'ping').mockResolvedValue('away');
    const { status, body } = await report();
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'unhealthy', details: { connection: 'disconnected' }, server: null });
    expect(body.recommendations).toEqual([expect.stringMatching(/database does not respond/)]);
  });
});

describe('the start of a process', () => {
  it('is refused to a process that could open more connections than the server has', async () => {
    const start = createTestApp({ DATABASE_POOL_MAX: 100_000 });
    await expect(start).rejects.toThrow(StartupError);
    await expect(start).rejects.toThrow(/may open 1000\d\d database connections, but the server allows only \d+\./);
  });
});

describe('GET /platform/health/report', () => {
  const PATH = '/api/v1/platform/health/report';
  let test: TestApp;
  let world: TenantWorld;
  beforeAll(async () => {
    test = await createTestApp();
    world = await TenantWorld.create(test);
  });
  afterAll(() => test.close());

  describeContract(() => world, { 'GET /platform/health/report': { allow: 'platform' } });

  it('shows real figures', async () => {
    const admin = await signedInPlatformAdmin(test);
    const report = async () => (await test.http.get(PATH).set('Authorization', admin.authorization)).body;
    const before = await report();
    await signedInUser(test);
    const after = await report();
    expect(after).toMatchObject({
      status: 'healthy',
      details: { connection: 'connected', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
      migrations: { ok: true },
      pools: [
        { role: 'app', max: test.config.DATABASE_POOL_MAX, waiting: 0 },
        { role: 'platform', max: test.config.DATABASE_PLATFORM_POOL_MAX, waiting: 0 },
      ],
    });
    expect(after.metrics.totalQueries).toBeGreaterThan(before.metrics.totalQueries);
    expect(after.metrics.averageQueryTimeMs).toBeGreaterThan(0);
    expect(after.server.usedConnections).toBeGreaterThanOrEqual(1);
    expect(after.server.availableConnections).toBeGreaterThan(after.server.usedConnections);
    expect(after.recommendations).toEqual(expect.any(Array));
  });
});
