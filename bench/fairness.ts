import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { writeJson } from './compare.js';
import { type BenchDatabase, type BenchTenant, newTenantAs, platformToken, startTenantry } from './tenantry-server.js';

/*
 * Compares the duration of a tenant's single run while another tenant has ten thousand queued runs with its duration
 * when no other tenant has any. One process with default settings.
 */

const database = JSON.parse(process.env['BENCH_DATABASE_1']!) as BenchDatabase;
const WAITING = Number(process.env['BENCH_RUNS'] ?? 10_000);
const TRIES = Number(process.env['BENCH_ROUNDS'] ?? 15);

const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
const workflow = {
  nodes: [
    { id: 'start', type: 'trigger' },
    ...['a', 'b', 'c'].map((id) => ({ id, type: 'action', config: { action: 'log', message: id } })),
  ],
  edges: [
    { source: 'start', target: 'a' },
    { source: 'a', target: 'b' },
    { source: 'b', target: 'c' },
  ],
};

const server = await startTenantry(database, { APP_ROLE: 'all' });
const platform = await platformToken(server);

async function send<T>(path: string, { token }: BenchTenant, body: object): Promise<T> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const newOne = async (slug: string): Promise<{ tenant: BenchTenant; workflowId: string }> => {
  const tenant = await newTenantAs(server.url, platform, slug);
  const { id } = await send<{ id: string }>('/workflows', tenant, { name: slug, ...workflow });
  return { tenant, workflowId: id };
};
const busy = await newOne('busy');
const modest = await newOne('modest');

/** Returns the milliseconds from the request to the end of the run. Both times come from this machine's clock. */
async function oneRun(): Promise<number> {
  const sentAt = Date.now();
  const { id } = await send<{ id: string }>(`/workflows/${modest.workflowId}/runs`, modest.tenant, { input: {} });
  for (;;) {
    const { rows } = await admin.query<{ finished_at: Date | null }>(
      'SELECT finished_at FROM workflow_runs WHERE id = $1',
      [id],
    );
    if (rows[0]?.finished_at) return rows[0].finished_at.getTime() - sentAt;
    await delay(10);
  }
}

async function several(): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < TRIES; n += 1) {
    times.push(await oneRun());
    await delay(100);
  }
  return times.sort((x, y) => x - y);
}

const figures = (times: number[]): { median: number; worst: number } => ({
  median: times[times.length >> 1]!,
  worst: times.at(-1)!,
});

await oneRun();
const alone = figures(await several());
await admin.query(
  `INSERT INTO workflow_runs (tenant_id, id, workflow_id, workflow_version, owner_id)
   SELECT w.tenant_id, gen_random_uuid(), w.id, 1, w.user_id FROM workflows w, generate_series(1, $2::int) WHERE w.id = $1`,
  [busy.workflowId, WAITING],
);
await admin.query('ANALYZE workflow_runs');
// Starts the processing of the queued runs.
await send(`/workflows/${busy.workflowId}/runs`, busy.tenant, { input: {} });
const beside = figures(await several());
const { rows } = await admin.query<{ left: number }>(
  `SELECT count(*)::int AS left FROM workflow_runs WHERE workflow_id = $1 AND finished_at IS NULL`,
  [busy.workflowId],
);
console.log(`One run of three steps, from the request to its end: median ${alone.median} ms (worst ${alone.worst}).`);
console.log(
  `Beside ${WAITING} runs of another tenant: median ${beside.median} ms (worst ${beside.worst}); ${rows[0]!.left} of them are left.`,
);
writeJson('fairness', { waiting: WAITING, alone, beside, left: rows[0]!.left });
await server.stop();
await admin.end();
process.exit(0);
