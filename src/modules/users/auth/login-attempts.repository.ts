import { Injectable } from '@nestjs/common';
import { type FailedAttempts, SIGN_IN_POLICY } from '../../../common/auth/sign-in-lock.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

@Injectable()
export class LoginAttemptsRepository implements FailedAttempts {
  constructor(private readonly prisma: PrismaService) {}

  async lockedForMs(nameHash: string): Promise<number> {
    const [row] = await this.prisma.$queryRaw<{ ms: number | null }[]>`
      SELECT (extract(epoch FROM locked_until - now()) * 1000)::float8 AS ms
      FROM login_attempts WHERE identifier_hash = ${nameHash}`;
    return Math.max(0, row?.ms ?? 0);
  }

  async count(nameHash: string): Promise<void> {
    const { maxFailures, windowMs, lockMs } = SIGN_IN_POLICY;
    // A lock that is over, or a window that is, starts a new count.
    await this.prisma.$executeRaw`
      INSERT INTO login_attempts AS a (identifier_hash, failures, window_started_at)
      VALUES (${nameHash}, 1, now())
      ON CONFLICT (tenant_id, identifier_hash) DO UPDATE SET
        (failures, window_started_at, locked_until) = (
          SELECT n.failures, n.started,
                 CASE WHEN n.failures >= ${maxFailures} THEN now() + ${lockMs} * interval '1 millisecond' END
          FROM (SELECT CASE WHEN is_over THEN 1 ELSE a.failures + 1 END AS failures,
                       CASE WHEN is_over THEN now() ELSE a.window_started_at END AS started
                FROM (SELECT a.locked_until < now()
                        OR a.window_started_at < now() - ${windowMs} * interval '1 millisecond' AS is_over) w) n)`;
  }

  async forget(nameHash: string): Promise<void> {
    await this.prisma.loginAttempt.deleteMany({ where: { identifierHash: nameHash } });
  }
}
