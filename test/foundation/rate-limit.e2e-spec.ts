import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Controller, Get, Module, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { Allow, Public } from '../../src/common/identity/auth.decorators.js';
import { definePermissions } from '../../src/common/identity/permissions.js';
import type { Config } from '../../src/common/config/config.js';
import { AddressLimiter } from '../../src/common/http/rate-limit/address-limiter.js';
import { RateLimitRepository } from '../../src/common/http/rate-limit/rate-limit.repository.js';
import { RateLimitSync } from '../../src/common/http/rate-limit/rate-limit-sync.js';
import { WindowClock } from '../../src/common/http/rate-limit/window-clock.js';
import { WINDOW_MS } from '../../src/common/http/rate-limit/window-counters.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { signedInPlatformAdmin, signedInUser } from '../support/principals.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

// Whole applications on a machine that may be busy with other tests.
jest.setTimeout(60_000);

definePermissions({ 'limited:read': 'viewer', 'platform:limited': 'platform' });

@Controller()
class LimitedController {
  constructor(private readonly addresses: AddressLimiter) {}

  @Get('limited')
  @Allow('limited:read')
  read() {
    return {};
  }

  @Get('platform/limited')
  @Allow('platform:limited')
  platform() {
    return {};
  }

  @Post('auth/limited')
  @Public()
  signIn(@Req() request: Request) {
    this.addresses.check(request.ip);
    return {};
  }
}

@Module({ controllers: [LimitedController] })
class LimitedModule {}

describe('rate limits', () => {
  const apps: TestApp[] = [];
  // Time stands still in the middle of a window, and every run has a window of its own.
  let now = Math.floor(Math.random() * 1e6) * WINDOW_MS + 20_000;

  beforeEach(() => {
    now += 10 * WINDOW_MS;
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  async function appWith(limits: Partial<Config>): Promise<TestApp> {
    const app = await createTestApp(limits, [LimitedModule]);
    app.app.get(WindowClock).now = () => now;
    // From here on processes are reconciled by hand.
    app.app.get(RateLimitSync).onModuleDestroy();
    apps.push(app);
    return app;
  }
  const get = (app: TestApp, { authorization }: { authorization: string }, path = '/limited') =>
    app.http.get(`/api/v1${path}`).set('Authorization', authorization);
  const flush = (app: TestApp): Promise<void> => app.app.get(RateLimitSync).flush();

  it('refuses a user beyond the limit, says when to come back, and lets others through', async () => {
    const app = await appWith({ RATE_LIMIT_USER_PER_MINUTE: 3 });
    const user = await signedInUser(app);
    const colleague = await signedInUser(app, { tenantId: user.tenantId });
    const first = await get(app, user);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': '40',
      'ratelimit-policy': '"user";q=3;w=60',
      ratelimit: '"user";r=2;t=40',
    });
    await get(app, user);
    await get(app, user);
    const refused = await get(app, user);
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limit.exceeded']);
    expect(refused.headers).toMatchObject({ 'retry-after': '40', 'ratelimit-remaining': '0' });
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((await get(app, colleague)).status).toBe(200);
    now += WINDOW_MS;
    expect((await get(app, user)).status).toBe(200);
  });

  it('refuses a whole tenant beyond its limit, without charging it for what its users were refused', async () => {
    const app = await appWith({ RATE_LIMIT_USER_PER_MINUTE: 2, RATE_LIMIT_TENANT_PER_MINUTE: 3 });
    const user = await signedInUser(app);
    const colleague = await signedInUser(app, { tenantId: user.tenantId });
    const stranger = await signedInUser(app);
    for (const status of [200, 200, 429, 429]) expect((await get(app, user)).status).toBe(status);
    const last = await get(app, colleague);
    expect(last.status).toBe(200);
    expect(last.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      ratelimit: '"user";r=1;t=40, "tenant";r=0;t=40',
    });
    const refused = await get(app, colleague);
    expect([refused.status, refused.body.detail]).toEqual([429, expect.stringMatching(/^Your tenant/)]);
    expect((await get(app, stranger)).status).toBe(200);
  });

  it('limits platform admins by themselves, not at the expense of the tenant they look into', async () => {
    const app = await appWith({ RATE_LIMIT_USER_PER_MINUTE: 2, RATE_LIMIT_TENANT_PER_MINUTE: 1 });
    const admin = await signedInPlatformAdmin(app);
    const { tenantId, ...user } = await signedInUser(app);
    expect((await get(app, admin, '/platform/limited')).status).toBe(200);
    expect((await get(app, admin).set('X-Tenant-ID', tenantId)).status).toBe(200);
    expect((await get(app, admin, '/platform/limited')).status).toBe(429);
    expect((await get(app, user)).status).toBe(200);
  });

  it('adds up what several processes count', async () => {
    const limits = { RATE_LIMIT_USER_PER_MINUTE: 4 };
    const [here, there] = await Promise.all([appWith(limits), appWith(limits)]);
    const user = await signedInUser(here);
    await Promise.all([get(here, user), get(here, user), get(there, user), get(there, user)]);
    await flush(here);
    await flush(there);
    expect((await get(there, user)).status).toBe(429);
    // Reported before the other did, so it learns with its next report.
    expect((await get(here, user)).status).toBe(200);
    await flush(here);
    for (const app of [here, there]) expect((await get(app, user)).status).toBe(429);
  });

  it('keeps counting while the database is away, and reports later', async () => {
    const app = await appWith({ RATE_LIMIT_USER_PER_MINUTE: 4 });
    const user = await signedInUser(app);
    const repository = app.app.get(RateLimitRepository);
    const away = jest.spyOn(repository, 'add').mockRejectedValue(new Error('the database is away'));
    for (let i = 0; i < 3; i++) {
      expect((await get(app, user)).status).toBe(200);
      await flush(app);
    }
    away.mockRestore();
    await flush(app);
    const counted = await app.app
      .get(PlatformPrismaService)
      .rateLimitCounter.findMany({ where: { key: { endsWith: user.id } } });
    expect(counted.map(({ count }) => count)).toEqual([3n]);
    for (const status of [200, 429]) expect((await get(app, user)).status).toBe(status);
  });

  it('deletes windows that are over', async () => {
    const app = await appWith({ RATE_LIMIT_USER_PER_MINUTE: 4 });
    const counters = app.app.get(PlatformPrismaService).rateLimitCounter;
    const key = `test:${randomUUID()}`;
    const windowStart = new Date(now - 20_000);
    await counters.createMany({ data: [{ key, windowStart, count: 1 }] });
    now += WINDOW_MS;
    await flush(app);
    expect(await counters.count({ where: { key } })).toBe(1);
    now += 6 * WINDOW_MS;
    await flush(app);
    expect(await counters.count({ where: { key } })).toBe(0);
  });

  it('limits attempts to sign in by address', async () => {
    const app = await appWith({ RATE_LIMIT_USER_PER_MINUTE: 100, RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE: 2 });
    const attempt = () => app.http.post('/api/v1/auth/limited');
    for (const status of [201, 201]) expect((await attempt()).status).toBe(status);
    const refused = await attempt();
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limit.exceeded']);
    expect(refused.headers['retry-after']).toBe('40');
  });

  it('is off at 0, without headers', async () => {
    const app = await appWith({ RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE: 1 });
    const user = await signedInUser(app);
    for (let i = 0; i < 3; i++) {
      const response = await get(app, user);
      expect(response.status).toBe(200);
      expect(Object.keys(response.headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
      expect((await app.http.post('/api/v1/auth/limited')).status).toBe(201);
    }
  });

  it('does not limit probes', async () => {
    const app = await appWith({ RATE_LIMIT_USER_PER_MINUTE: 1, RATE_LIMIT_TENANT_PER_MINUTE: 1 });
    const user = await signedInUser(app);
    for (let i = 0; i < 3; i++) {
      const response = await app.http.get('/livez').set('Authorization', user.authorization);
      expect(response.status).toBe(200);
    }
  });
});
