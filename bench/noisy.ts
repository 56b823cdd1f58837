import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import pg from 'pg';
import { type Measurement, ratio, show, writeJson } from './compare.js';
import { load } from './load.js';
import { type BenchDatabase, newTenantAs, platformToken, startTenantry } from './tenantry-server.js';

/*
 * Measures how a tenant with many slow requests (a search over 50,000 users) affects another tenant's 95th percentile.
 */

const database = JSON.parse(process.env['BENCH_DATABASE_1']!) as BenchDatabase;
const NOISY_USERS = 50_000;
const NOISY_CONNECTIONS = 64;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4);

const server = await startTenantry(database);
const platform = await platformToken(server);
const quiet = await newTenantAs(server.url, platform, 'quiet');
const noisy = await newTenantAs(server.url, platform, 'noisy');
const admin = new pg.Client(database.adminUrl);
await admin.connect();
for (const [tenant, users] of [
  [quiet, 25],
  [noisy, NOISY_USERS],
] as const) {
  await admin.query(
    `INSERT INTO users (tenant_id, id, username, email) SELECT $1, gen_random_uuid(), 'user' || n, 'user' || n || '@bench.test' FROM generate_series(1, $2::int) n`,
    [tenant.id, users],
  );
}
await admin.query('VACUUM ANALYZE');

const p95 = async (): Promise<number> =>
  (await load(`${server.url}/api/v1/users?limit=20`, { token: quiet.token, connections: 2, seconds })).p95Ms;

/** Runs `work` under the neighbour's load. The neighbour may receive 503 responses, which show that the limits work. */
async function withNoise<T>(work: () => Promise<T>): Promise<T> {
  const noise = autocannon({
    url: `${server.url}/api/v1/users?search=nobody-has-this-name`,
    connections: NOISY_CONNECTIONS,
    duration: seconds + 2,
    headers: { authorization: `Bearer ${noisy.token}` },
  });
  await delay(1000);
  const result = await work();
  await noise;
  await silence();
  return result;
}

/** Waits until the neighbour's last requests have been processed, so that they do not count as time without load. */
async function silence(): Promise<void> {
  const running = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`;
  for (let quiet = 0; quiet < 5;) {
    await delay(100);
    const { rows } = await admin.query<{ count: number }>(running);
    quiet = rows[0]!.count === 0 ? quiet + 1 : 0;
  }
}

const measurement: Measurement = { name: 'p95 of the quiet tenant', rounds: { alone: [], disturbed: [] } };
await p95();
for (let round = 0; round < rounds; round += 1) {
  measurement.rounds['alone']!.push(await p95());
  measurement.rounds['disturbed']!.push(await withNoise(p95));
}
const slower = ratio(measurement, 'disturbed', 'alone');
console.log(
  `p95 of the quiet tenant, disturbed/alone: ${show(slower)}, median of ${rounds} rounds (middle half); target at most 2`,
);
writeJson('noisy', { slower, rounds: measurement.rounds });
await server.stop();
await admin.end();
process.exit(0);
