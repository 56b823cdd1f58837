import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../../common/prisma/prisma.service.js';

@Injectable()
export class RunAdmissionRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Held to the end of the running transaction. */
  async lock(): Promise<void> {
    await this.prisma.$executeRaw`SELECT app.lock_in_tenant('workflow-runs')`;
  }

  /**
   * Admits as many runs as there are places, oldest first, and never more of a workflow than its own limit.
   * Returns them, and how many places were occupied before. The cost grows with the number of workflows, not of waiting runs.
   */
  async admitNext(maxRuns: number): Promise<{ admitted: string[]; occupied: number }> {
    const rows = await this.prisma.$queryRaw<{ id: string | null; occupied: number }[]>`
      WITH places AS (
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
      SELECT admitted.id, places.occupied FROM places LEFT JOIN admitted ON true`;
    return {
      admitted: rows.flatMap(({ id }) => (id === null ? [] : [id])),
      occupied: rows[0]?.occupied ?? 0,
    };
  }

  /** What the number of places follows from. */
  findPlan(): Promise<{ plan: string; quota: unknown } | null> {
    return this.prisma.tenant.findFirst({ select: { plan: true, quota: true } });
  }
}
