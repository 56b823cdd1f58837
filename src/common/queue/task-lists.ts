import type pg from 'pg';
import { StartupError } from '../errors/startup.error.js';
import type { RegisteredHandler } from './task-registry.js';

const UNDEFINED_TABLE = ['42P01', '3F000'];
const REFUSED = ['28P01', '28000', '42501'];

/**
 * Compares the registered handlers with the task lists of the database, which migrations fill from the manifests. The
 * lists may contain more, as during a rolling update: graphile-worker leaves tasks without a local handler to other
 * processes.
 * @throws StartupError when a handler's task is not listed, a tenant task has a cron schedule, or the queue is missing
 * or incompatible.
 */
export async function assertTasksMatch(pool: pg.Pool, handlers: Map<string, RegisteredHandler>): Promise<void> {
  const listed = await readLists(pool);
  const problems = [...handlers.values()].flatMap(({ task, cron }) => {
    if (!listed.has(task)) {
      return [
        `There is a handler for the task ${task}, which the database does not know. Add to tasks in ` +
          `src/modules/<module>/<module>.manifest.ts: '${task}': 'tenant', or 'platform' for what only the platform enqueues; ` +
          `then run db:migrate:deploy.`,
      ];
    }
    return cron && listed.get(task) ? [`${task} is a task of tenants: it cannot have a schedule of its own.`] : [];
  });
  if (problems.length > 0) throw new StartupError(problems);
}

/** Returns all task names; true marks tenant tasks. */
async function readLists(pool: pg.Pool): Promise<Map<string, boolean>> {
  try {
    const { rows } = await pool.query<{ name: string; of_tenants: boolean }>(
      `SELECT name, true AS of_tenants FROM jobs.tenant_tasks UNION ALL SELECT name, false FROM jobs.platform_tasks`,
    );
    return new Map(rows.map((row) => [row.name, row.of_tenants]));
  } catch (error) {
    const { code = '', message } = error as pg.DatabaseError;
    if (UNDEFINED_TABLE.includes(code)) throw new StartupError(['The queue is not set up: run db:migrate:deploy.']);
    if (REFUSED.includes(code))
      throw new StartupError([`DATABASE_WORKER_URL does not give access to the queue: ${message}`]);
    throw error;
  }
}
