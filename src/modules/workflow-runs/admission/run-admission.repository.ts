import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

/** Counts that admission takes for other limits; counting stops at the limit. */
export interface RunCounts {
  /** Number of runs that have not ended. */
  open: number;
  /** Number of runs in the same event tree, whatever their status. */
  ofRoot: number;
}

/** Where counting stops; 0 means not to count. */
export interface CountUpTo {
  open: number;
  root: { id: string; upTo: number } | null;
}

const NO_COUNTS: CountUpTo = { open: 0, root: null };

@Injectable()
export class RunAdmissionRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Locks until the running transaction ends. */
  async lock(): Promise<void> {
    await this.prisma.$executeRaw`SELECT app.lock_in_tenant('workflow-runs')`;
  }

  /**
   * Admits as many runs as there are free places, oldest first, within the limit of each workflow. Returns them, and
   * how many places were occupied before. The cost grows with the number of workflows, not of queued runs. The counts
   * are included to save a statement; they are exact under the lock.
   */
  async admitNext(
    maxRuns: number,
    { open, root }: CountUpTo = NO_COUNTS,
  ): Promise<{ admitted: string[]; occupied: number; counts: RunCounts }> {
    const rows = await this.prisma.$queryRaw<({ id: string | null; occupied: number } & RunCounts)[]>`
      WITH counts AS (
        SELECT
          (SELECT count(*) FROM (
            SELECT FROM workflow_runs WHERE status IN ('queued', 'running', 'waiting') LIMIT ${open}::integer) AS o)::integer AS open,
          (SELECT count(*) FROM (
            SELECT FROM workflow_runs WHERE root_event_id = ${root?.id ?? null}::uuid
            LIMIT ${root?.upTo ?? 0}::integer) AS r)::integer AS of_root
      ), places AS (
        SELECT count(*)::integer AS occupied, greatest(0, ${maxRuns}::integer - count(*)) AS free
        FROM workflow_runs WHERE status IN ('queued', 'running') AND admitted_at IS NOT NULL
      ), next AS (
        SELECT waiting.id
        FROM places, workflows w CROSS JOIN LATERAL (
          SELECT r.id, r.created_at FROM workflow_runs r
          WHERE r.workflow_id = w.id AND r.status = 'queued' AND r.admitted_at IS NULL
          ORDER BY r.created_at, r.id
          LIMIT CASE WHEN w.settings ->> 'maxConcurrentRuns' IS NULL THEN places.free ELSE least(places.free, greatest(0,
            (w.settings ->> 'maxConcurrentRuns')::bigint - (
              SELECT count(*) FROM workflow_runs a
              WHERE a.workflow_id = w.id AND a.admitted_at IS NOT NULL AND a.status IN ('queued', 'running')))) END
        ) AS waiting
        ORDER BY waiting.created_at, waiting.id
        LIMIT (SELECT free FROM places)
      ), admitted AS (
        UPDATE workflow_runs run SET admitted_at = now() FROM next
        WHERE run.id = next.id AND run.status = 'queued' AND run.admitted_at IS NULL RETURNING run.id
      )
      SELECT admitted.id, places.occupied, counts.open, counts.of_root AS "ofRoot"
      FROM places CROSS JOIN counts LEFT JOIN admitted ON true`;
    const [first] = rows;
    return {
      admitted: rows.flatMap(({ id }) => (id === null ? [] : [id])),
      occupied: first?.occupied ?? 0,
      counts: { open: first?.open ?? 0, ofRoot: first?.ofRoot ?? 0 },
    };
  }
}
