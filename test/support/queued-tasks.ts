import { withClient } from '../../scripts/db/connect.ts';
import { testDatabase } from './test-database.js';

export interface QueuedTask {
  id: string;
  payload: unknown;
  key: string | null;
  attempts: number;
  inFuture: boolean;
  /** Lets the next look for work find it. */
  makeDue(): Promise<void>;
}

/**
 * Tasks of a tenant that are still in the queue, oldest first; read past the application, which may not see them. Those of several names are
 * read at one moment: one that ends may have left another.
 */
export async function queuedFor({ id: tenantId }: { id: string }, ...tasks: string[]): Promise<QueuedTask[]> {
  const { adminUrl } = await testDatabase();
  const { rows } = await withClient(adminUrl, (admin) =>
    admin.query<Omit<QueuedTask, 'makeDue'>>(
      `SELECT j.id, j.payload, j.key, j.attempts, j.run_at > now() AS "inFuture"
         FROM jobs._private_jobs j JOIN jobs._private_tasks t ON t.id = j.task_id
        WHERE t.identifier = ANY ($1) AND j.payload ->> 'tenantId' = $2 ORDER BY j.id`,
      [tasks, tenantId],
    ),
  );
  return rows.map((row) => ({
    ...row,
    makeDue: async () => {
      await withClient(adminUrl, (admin) =>
        admin.query('UPDATE jobs._private_jobs SET run_at = now() WHERE id = $1', [row.id]),
      );
    },
  }));
}
