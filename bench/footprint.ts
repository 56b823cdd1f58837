import { setTimeout as delay } from 'node:timers/promises';
import { writeJson } from './compare.js';
import { load } from './load.js';
import { type BenchDatabase, newTenant, startTenantry } from './tenantry-server.js';

/*
 * Measures one process: time from spawn to ready, and resident memory while idle and under the load of bench:http.
 * PostgreSQL is not included.
 */

const database = JSON.parse(process.env['BENCH_DATABASE_1']!) as BenchDatabase;
const STARTS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const median = (values: number[]): number => values.sort((x, y) => x - y)[Math.floor(values.length / 2)]!;

// The first start warms the file cache and creates the platform admin.
await startTenantry(database).then((server) => server.stop());
const starts: number[] = [];
for (let start = 1; start < STARTS; start += 1) {
  const server = await startTenantry(database);
  starts.push(server.readyMs);
  await server.stop();
}
const server = await startTenantry(database, { APP_ROLE: 'all' });
starts.push(server.readyMs);
const tenant = await newTenant(server, 'footprint');
await delay(5000);
const idleMiB = server.residentMiB();
const samples: number[] = [];
const sampling = setInterval(() => samples.push(server.residentMiB()), 250);
await load(`${server.url}/api/v1/users?limit=20`, { token: tenant.token, connections: 32, seconds: 15 });
clearInterval(sampling);
const result = {
  warmStartMs: Math.round(median(starts)),
  idleMiB: Math.round(idleMiB),
  loadedMiB: Math.round(Math.max(...samples)),
};
console.log(`warm start to ready  ${result.warmStartMs} ms (median of ${starts.length}; target 3000)`);
console.log(`resident, idle       ${result.idleMiB} MiB (target 150)`);
console.log(`resident, under load ${result.loadedMiB} MiB at most (target 250)`);
writeJson('footprint', result);
await server.stop();
process.exit(0);
