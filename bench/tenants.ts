import pg from 'pg';
import { type Measurement, ratio, show, writeJson } from './compare.js';
import { load } from './load.js';
import { type BenchDatabase, newTenantAs, platformToken, startTenantry } from './tenantry-server.js';

/*
 * Measures whether more tenants slow anything down: the same request, and provisioning, with 10, 1,000 and 10,000
 * tenants in the database.
 */

const SIZES = [10, 1000, 10_000];
const USERS_PER_TENANT = 25;
const CONNECTIONS = 16;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3);
// They are kept: in the warm-up and 7 rounds each database grows by 240 tenants, the smallest from 10 to 250.
const PROVISIONED_PER_ROUND = 30;

async function fill(database: BenchDatabase, tenants: number): Promise<void> {
  const admin = new pg.Client(database.adminUrl);
  await admin.connect();
  await admin.query(
    `INSERT INTO tenants (id, slug, name, schema_name, status) SELECT gen_random_uuid(), 'fill-' || n, 'fill-' || n, 'fill_' || n, 'ACTIVE' FROM generate_series(1, $1::int) n`,
    [tenants],
  );
  await admin.query(
    `INSERT INTO users (tenant_id, id, username, email) SELECT t.id, gen_random_uuid(), 'user' || n, 'user' || n || '@bench.test' FROM tenants t, generate_series(1, $1::int) n`,
    [USERS_PER_TENANT],
  );
  await admin.query('VACUUM ANALYZE');
  await admin.end();
}

async function prepare(size: number, index: number) {
  const database = JSON.parse(process.env[`BENCH_DATABASE_${index + 1}`]!) as BenchDatabase;
  await fill(database, size);
  const server = await startTenantry(database);
  const platform = await platformToken(server);
  const tenant = await newTenantAs(server.url, platform, 'measured');
  const admin = new pg.Client(database.adminUrl);
  await admin.connect();
  await admin.query(
    `INSERT INTO users (tenant_id, id, username, email) SELECT $1, gen_random_uuid(), 'user' || n, 'user' || n || '@bench.test' FROM generate_series(1, $2::int) n`,
    [tenant.id, USERS_PER_TENANT],
  );
  await admin.end();
  return { name: `${size} tenants`, server, platform, token: tenant.token };
}

const variants = [];
for (const [index, size] of SIZES.entries()) variants.push(await prepare(size, index));
type Variant = (typeof variants)[number];

let provisioned = 0;
/** Returns the tenants provisioned per second, one after the other, without a password to hash. */
async function provision({ server, platform }: Variant): Promise<number> {
  const start = performance.now();
  for (let count = 0; count < PROVISIONED_PER_ROUND; count += 1) {
    const slug = `new-${(provisioned += 1)}`;
    const response = await fetch(`${server.url}/api/v1/platform/tenants`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${platform}` },
      body: JSON.stringify({ slug, name: slug, ownerEmail: 'owner@bench.test' }),
    });
    if (response.status !== 201) throw new Error(`Provisioning answered ${response.status}: ${await response.text()}`);
  }
  return (PROVISIONED_PER_ROUND * 1000) / (performance.now() - start);
}

const list = async ({ server, token }: Variant): Promise<number> =>
  (await load(`${server.url}/api/v1/users?limit=20`, { token, connections: CONNECTIONS, seconds })).perSecond;

console.log(`As ratios to ${variants[0]!.name}: median of ${rounds} rounds (middle half).`);
const results: unknown[] = [];
for (const [name, measureOne] of Object.entries({ 'list of 20': list, provisioning: provision })) {
  const measurement: Measurement = { name, rounds: Object.fromEntries(variants.map((variant) => [variant.name, []])) };
  for (const variant of variants) await measureOne(variant);
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of [...variants].sort(() => Math.random() - 0.5)) {
      measurement.rounds[variant.name]!.push(await measureOne(variant));
    }
  }
  for (const variant of variants.slice(1)) {
    const toFirst = ratio(measurement, variant.name, variants[0]!.name);
    console.log(`${name.padEnd(12)} ${variant.name.padEnd(14)} rate ${show(toFirst)}`);
    results.push({ name, variant: variant.name, toFirst });
  }
  results.push(measurement);
}
writeJson('tenants', results);
await Promise.all(variants.map(({ server }) => server.stop()));
process.exit(0);
