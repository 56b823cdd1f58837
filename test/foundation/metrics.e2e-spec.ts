import { jest } from '@jest/globals';
import { get } from 'node:http';
import { Controller, Get, HttpException, Module, Param } from '@nestjs/common';
import { Public } from '../../src/common/identity/auth.decorators.js';
import { MetricsServer } from '../../src/common/observability/metrics-server.js';
import { QueryStatistics } from '../../src/common/observability/query-statistics.js';
import { StartupError } from '../../src/common/errors/startup.error.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { signedInUser } from '../support/principals.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

// Whole applications on a machine that may be busy with other tests.
jest.setTimeout(60_000);

let leave: (() => void) | undefined;

@Controller('measured')
class MeasuredController {
  constructor(private readonly prisma: PlatformPrismaService) {}

  @Get('slow')
  @Public()
  async slow() {
    await this.prisma.$queryRaw`SELECT pg_sleep(0.06)::text, ${'a secret value'} AS secret`;
    return {};
  }

  @Get('held')
  @Public()
  async held() {
    await new Promise<void>((resolve) => (leave = resolve));
    return {};
  }

  @Get(':id')
  @Public()
  one(@Param('id') id: string) {
    if (id === 'teapot') throw new HttpException('no coffee', 418);
    return { id };
  }
}

@Module({ controllers: [MeasuredController] })
class MeasuredModule {}

describe('metrics', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await createTestApp({ SLOW_QUERY_THRESHOLD_MS: 50 }, [MeasuredModule]);
  });
  afterAll(() => test.close());

  const url = (path: string) => `http://127.0.0.1:${test.app.get(MetricsServer).port}${path}`;
  const metrics = async (): Promise<string> => (await fetch(url('/metrics'))).text();
  const valueOf = (text: string, series: string): number => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line ? Number(line.slice(series.length + 1)) : 0;
  };

  it('are served on their own port, in the format of Prometheus', async () => {
    const response = await fetch(url('/metrics'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await test.http.get('/metrics')).status).toBe(404);
    expect((await fetch(url('/'))).status).toBe(404);
    expect((await fetch(url('/metrics'), { method: 'POST' })).status).toBe(404);
  });

  it('count requests by route template, never by path, tenant or user', async () => {
    const user = await signedInUser(test);
    for (const id of ['1', '2', 'teapot', user.tenantId]) {
      await test.http.get(`/api/v1/measured/${id}`).set('Authorization', user.authorization);
    }
    await test.http.get('/api/v1/nowhere/to/be/found');
    await test.http.post('/api/v1/measured/1').set('Content-Type', 'application/json').send('{');
    const text = await metrics();
    const count = (route: string, status: number, method = 'GET') =>
      valueOf(text, `http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`);
    expect(count('/api/v1/measured/:id', 200)).toBe(3);
    expect(count('/api/v1/measured/:id', 418)).toBe(1);
    expect(count('unmatched', 404)).toBeGreaterThanOrEqual(1);
    for (const secret of [user.tenantId, user.id, 'nowhere']) expect(text).not.toContain(secret);
  });

  it('show requests in flight, and clients that left', async () => {
    const request = get(`${await test.app.getUrl()}/api/v1/measured/held`);
    request.on('error', () => {});
    let held = '';
    while (!leave) held = await metrics();
    held = await metrics();
    expect(valueOf(held, 'http_requests_in_flight')).toBe(1);
    request.destroy();
    const left = 'http_request_duration_seconds_count{method="GET",route="/api/v1/measured/held",status="499"}';
    let text = await metrics();
    for (let tries = 0; tries < 100 && valueOf(text, left) === 0; tries++) text = await metrics();
    expect(valueOf(text, left)).toBe(1);
    expect(valueOf(text, 'http_requests_in_flight')).toBe(0);
    leave();
  });

  it('show pools, queries and slow queries', async () => {
    const before = await metrics();
    await test.http.get('/api/v1/measured/slow');
    const text = await metrics();
    const slow = 'db_slow_queries_total{role="platform"}';
    expect(valueOf(text, slow)).toBe(valueOf(before, slow) + 1);
    expect(test.app.get(QueryStatistics).slowQueries).toBeGreaterThanOrEqual(1);
    const queries = 'db_query_duration_seconds_count{role="platform"}';
    expect(valueOf(text, queries)).toBeGreaterThan(valueOf(before, queries));
    expect(valueOf(text, 'db_pool_connections{role="platform",state="idle"}')).toBeGreaterThanOrEqual(1);
    expect(valueOf(text, 'db_pool_connections_max{role="app"}')).toBe(test.config.DATABASE_POOL_MAX);
    for (const name of ['waiting', 'in_use']) expect(text).toContain(`db_pool_connections{role="app",state="${name}"}`);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^job_/m);
  });

  it('stop the start with a clear message when their port is taken', async () => {
    const { port } = test.app.get(MetricsServer);
    const start = createTestApp({ METRICS_PORT: port });
    await expect(start).rejects.toThrow(StartupError);
    await expect(start).rejects.toThrow(
      new RegExp(`${port} \\(METRICS_HOST, METRICS_PORT\\): another program uses it`),
    );
  });
});
