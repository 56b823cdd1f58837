import { join } from 'node:path';
import pg from 'pg';
import { type Measurement, ratio, show, writeJson } from './compare.js';
import { load } from './load.js';
import { startServer } from './server-process.js';
import { type BenchDatabase, newTenant, startTenantry } from './tenantry-server.js';

/*
 * Compares an authenticated list of 20 users in Tenantry with a bare Express handler on pg that has no tenancy, no
 * authentication and no logs, and returns the same JSON from the same two statements. Each server is a separate
 * process; load alternates between them within one run.
 */

const database = JSON.parse(process.env['BENCH_DATABASE_1']!) as BenchDatabase;
const bareDatabase = JSON.parse(process.env['BENCH_DATABASE_2']!) as BenchDatabase;
const CONNECTIONS = 32;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3);

const addUsers = (client: pg.Client, tenantId: string): Promise<unknown> =>
  client.query(
    `INSERT INTO users (tenant_id, id, username, email, first_name) SELECT $1, gen_random_uuid(), 'user' || n, 'user' || n || '@bench.test', 'Ada' FROM generate_series(1, 24) n`,
    [tenantId],
  );

const tenantry = await startTenantry(database);
const tenant = await newTenant(tenantry, 'bench');
const admin = new pg.Client(database.adminUrl);
await admin.connect();
await addUsers(admin, tenant.id);
await admin.end();

const bareAdmin = new pg.Client(bareDatabase.adminUrl);
await bareAdmin.connect();
await bareAdmin.query(
  `INSERT INTO tenants (id, slug, name, schema_name, status) VALUES ($1, 'bench', 'bench', 'bench', 'ACTIVE')`,
  [tenant.id],
);
await addUsers(bareAdmin, tenant.id);
await bareAdmin.query('ALTER TABLE users DISABLE ROW LEVEL SECURITY');
await bareAdmin.end();
const bareScript = join(import.meta.dirname, 'servers', 'bare-express.js');
const bare = await startServer(bareScript, { BENCH_TENANT: tenant.id });
const bareNamed = await startServer(bareScript, { BENCH_TENANT: tenant.id, BENCH_NAMED: 'true' });

const variants = {
  tenantry: { url: `${tenantry.url}/api/v1/users?limit=20`, token: tenant.token },
  bare: { url: `${bare.url}/users?limit=20`, token: undefined },
  'bare, prepared': { url: `${bareNamed.url}/users?limit=20`, token: undefined },
};
const answers = await Promise.all(
  Object.values(variants).map(({ url, token }) =>
    fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} }).then(
      (answer) => answer.json() as Promise<{ data: object[]; meta: object }>,
    ),
  ),
);
for (const answer of answers) {
  if (
    answer.data.length !== 20 ||
    Object.keys(answer.data[0]!).sort().join() !== Object.keys(answers[0]!.data[0]!).sort().join()
  )
    throw new Error('The servers return different responses.');
}

const measurement: Measurement = { name: 'list of 20', rounds: { tenantry: [], bare: [], 'bare, prepared': [] } };
for (const { url, token } of Object.values(variants)) await load(url, { token, connections: CONNECTIONS, seconds });
for (let round = 0; round < rounds; round += 1) {
  for (const [name, { url, token }] of Object.entries(variants).sort(() => Math.random() - 0.5)) {
    measurement.rounds[name]!.push((await load(url, { token, connections: CONNECTIONS, seconds })).perSecond);
  }
}
const toBare = ratio(measurement, 'tenantry', 'bare');
const toPrepared = ratio(measurement, 'tenantry', 'bare, prepared');
console.log(`Requests per second as ratios, ${CONNECTIONS} connections: median of ${rounds} rounds (middle half).`);
console.log(`tenantry/bare express             ${show(toBare)}`);
console.log(`tenantry/bare express, prepared   ${show(toPrepared)}`);
writeJson('http', { toBare, toPrepared, rounds: measurement.rounds });
await Promise.all([tenantry.stop(), bare.stop(), bareNamed.stop()]);
process.exit(0);
