import type pg from 'pg';
import type { RegisteredHandler } from './job-handlers.js';

/**
 * Compares the handlers of this program with the task lists of the database (`prisma/queue/enqueue.sql`).
 * A list may be ahead, as it is during a rolling update: graphile-worker leaves jobs that nobody here handles to others.
 * @throws Error when a handler's task is on no list, or a task of tenants would run by itself, for no tenant.
 */
export async function assertTasksMatch(pool: pg.Pool, handlers: Map<string, RegisteredHandler>): Promise<void> {
  const { rows } = await pool.query<{ name: string; of_tenants: boolean }>(
    `SELECT name, true AS of_tenants FROM jobs.tenant_tasks UNION ALL SELECT name, false FROM jobs.platform_tasks`,
  );
  const listed = new Map(rows.map((row) => [row.name, row.of_tenants]));
  for (const { task, cron } of handlers.values()) {
    if (!listed.has(task)) {
      throw new Error(
        `There is a handler for ${task}, which the database does not know. Add it to prisma/queue/enqueue.sql and run db:migrate:deploy.`,
      );
    }
    if (cron && listed.get(task)) throw new Error(`${task} is a task of tenants: it cannot run by itself.`);
  }
}
