// A worker process that takes a job and never ends it, until it is killed. Run by Node as it is: WORKER_URL and TASK in the environment.
import { Logger, run } from 'graphile-worker';
import pg from 'pg';
import { WorkerLiveness } from '../../src/common/queue/worker-liveness.ts';

const connectionString = process.env['WORKER_URL']!;
const pool = new pg.Pool({ connectionString, max: 2 });
pool.on('error', () => undefined);
pool.on('connect', (client) => client.on('error', () => undefined));
const liveness = new WorkerLiveness({
  connectionString,
  pool,
  intervalMs: 60_000,
  onError: (error) => process.stderr.write(`${String(error)}\n`),
  onRecovered: () => undefined,
});

await run({
  pgPool: pool,
  schema: 'jobs',
  concurrency: 1,
  noHandleSignals: true,
  logger: new Logger(() => () => undefined),
  taskList: {
    [process.env['TASK']!]: (_, { job }) => {
      process.stdout.write(`running ${job.id}\n`);
      return new Promise<void>(() => undefined);
    },
  },
  preset: {
    plugins: [
      {
        name: 'KillableWorkerPlugin',
        version: '1.0.0',
        worker: { hooks: { startWorker: (_, { worker }) => liveness.hold(worker.workerPool.id) } },
      },
    ],
  },
});
