import { setTimeout as delay } from 'node:timers/promises';
import { Logger, run } from 'graphile-worker';
import pg from 'pg';
import { type Measurement, ratio, show, writeJson } from './compare.js';
import { type BenchDatabase, type BenchTenant, newTenantAs, platformToken, startTenantry } from './tenantry-server.js';

/*
 * Compares workflow steps per second, each saved before the next one starts, with jobs per second of graphile-worker:
 * both trivial, each program a separate process with default settings, alternating on the same database. Also measures
 * the time from POST …/runs to the start of the first step on an idle system.
 */

const database = JSON.parse(process.env['BENCH_DATABASE_1']!) as BenchDatabase;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const TENANTS = 4;
const STEPS = 10;
// Enough that the first second, during which a new worker's code is still being compiled, carries little weight.
const RUNS_PER_TENANT = Number(process.env['BENCH_RUNS'] ?? 300);
const JOBS = Number(process.env['BENCH_JOBS'] ?? 8000);
const STARTS = 100;
const AT_ONCE = 8;

const admin = new pg.Pool({ connectionString: database.adminUrl, max: 4 });

const chain = Array.from({ length: STEPS }, (_, index) => `step${index + 1}`);
const workflow = {
  nodes: [
    { id: 'start', type: 'trigger' },
    ...chain.map((id) => ({ id, type: 'action', config: { action: 'log', message: 'one more' } })),
  ],
  edges: chain.map((target, index) => ({ id: `e${index}`, source: chain[index - 1] ?? 'start', target })),
};

async function send<T>(url: string, token: string, body: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const api = await startTenantry(database);
const platform = await platformToken(api);
const tenants: (BenchTenant & { workflowId: string })[] = [];
for (let n = 0; n < TENANTS; n += 1) {
  const tenant = await newTenantAs(api.url, platform, `bench-${n}`);
  const made = await send<{ id: string }>(`${api.url}/api/v1/workflows`, tenant.token, {
    name: 'ten steps',
    ...workflow,
  });
  tenants.push({ ...tenant, workflowId: made.id });
}

const startRun = ({ token, workflowId }: (typeof tenants)[number], url = api.url): Promise<{ id: string }> =>
  send(`${url}/api/v1/workflows/${workflowId}/runs`, token, { input: {} });

/**
 * Measured from the first run's start to the last one's end, by the database's clock. All runs are queued before the
 * worker starts.
 */
async function stepsPerSecond(): Promise<number> {
  await admin.query('DELETE FROM workflow_runs');
  const todo = Array.from({ length: RUNS_PER_TENANT }, () => tenants).flat();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let tenant = todo.pop(); tenant; tenant = todo.pop()) await startRun(tenant);
    }),
  );
  const worker = await startTenantry(database, { APP_ROLE: 'worker' });
  for (;;) {
    const { rows } = await admin.query<{ open: number; failed: number; seconds: number; steps: number }>(
      `SELECT count(*) FILTER (WHERE finished_at IS NULL)::int AS open, count(*) FILTER (WHERE status = 'failed')::int AS failed,
         extract(epoch FROM max(finished_at) - min(started_at))::float AS seconds,
         (count(*) * $1)::int AS steps FROM workflow_runs`,
      [STEPS],
    );
    const { open, failed, seconds, steps } = rows[0]!;
    if (failed > 0) throw new Error(`${failed} runs failed.`);
    if (open === 0) {
      await worker.stop();
      return steps / seconds;
    }
    await delay(200);
  }
}

/** graphile-worker without Tenantry: its own schema, its own roles, its defaults. */
async function jobsPerSecond(): Promise<number> {
  let done = 0;
  let first = 0;
  const finished = new Promise<number>((resolve) => {
    void run({
      connectionString: database.adminUrl,
      noHandleSignals: true,
      logger: new Logger(() => () => undefined),
      taskList: {
        nothing: () => {
          if (done === 0) first = performance.now();
          done += 1;
          if (done === JOBS) resolve(performance.now() - first);
        },
      },
    }).then((runner) => {
      stop = () => runner.stop();
      return admin.query(`SELECT graphile_worker.add_job('nothing') FROM generate_series(1, $1::int)`, [JOBS]);
    });
  });
  let stop = (): Promise<void> => Promise.resolve();
  const milliseconds = await finished;
  await stop();
  return (JOBS * 1000) / milliseconds;
}

/**
 * Returns the milliseconds from the request to the first step, one run at a time. Both times come from this machine's
 * clock.
 */
async function startTimes(): Promise<number[]> {
  const server = await startTenantry(database, { APP_ROLE: 'all' });
  const tenant = await newTenantAs(server.url, await platformToken(server), 'idle');
  const made = await send<{ id: string }>(`${server.url}/api/v1/workflows`, tenant.token, {
    name: 'ten steps',
    ...workflow,
  });
  const times: number[] = [];
  for (let n = 0; n < STARTS + 5; n += 1) {
    const sentAt = Date.now();
    const { id } = await startRun({ ...tenant, workflowId: made.id }, server.url);
    for (let startedAt: Date | undefined; !startedAt; await delay(20)) {
      const { rows } = await admin.query<{ started_at: Date }>(
        `SELECT s.started_at FROM workflow_run_steps s JOIN workflow_runs r ON r.id = s.run_id
          WHERE run_id = $1 AND node_id = 'step1' AND r.finished_at IS NOT NULL`,
        [id],
      );
      startedAt = rows[0]?.started_at;
      // The first ones are warm-up.
      if (startedAt && n >= 5) times.push(startedAt.getTime() - sentAt);
    }
  }
  await server.stop();
  return times.sort((a, b) => a - b);
}

const measurement: Measurement = { name: 'workflows', rounds: { steps: [], jobs: [] } };
await jobsPerSecond();
await stepsPerSecond();
for (let round = 0; round < rounds; round += 1) {
  const both = [
    async () => measurement.rounds['steps']!.push(await stepsPerSecond()),
    async () => measurement.rounds['jobs']!.push(await jobsPerSecond()),
  ].sort(() => Math.random() - 0.5);
  for (const measure of both) await measure();
}
await api.stop();
const times = await startTimes();
const at = (share: number): number => times[Math.floor((times.length - 1) * share)]!;
const toJobs = ratio(measurement, 'steps', 'jobs');
const median = (name: string): number => [...measurement.rounds[name]!].sort((a, b) => a - b)[rounds >> 1]!;
console.log(
  `Steps of ${STEPS}-step workflows to jobs of graphile-worker at its defaults: ${show(toJobs)}, ${rounds} rounds.`,
);
console.log(`  (${median('steps').toFixed(0)} steps/s, ${median('jobs').toFixed(0)} jobs/s on this machine)`);
console.log(`From POST …/runs to the first step, idle: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms.`);
writeJson('workflows', { toJobs, rounds: measurement.rounds, start: { median: at(0.5), p95: at(0.95), times } });
await admin.end();
process.exit(0);
