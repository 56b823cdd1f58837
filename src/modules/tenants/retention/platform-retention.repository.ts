import { SIGN_IN_POLICY } from '../../../common/auth/sign-in-lock.js';
import { type DeleteExpired, type OwnsExpiringRows, Retention } from '../../../common/retention/retention.js';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';

const DAY_MS = 24 * 60 * 60 * 1000;

const before = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

/** Deletes old sign-in data of platform admins, after the same time as for users. */
@Retention('platform')
export class PlatformRetentionRepository implements OwnsExpiringRows {
  constructor(private readonly prisma: PlatformPrismaService) {}

  expiring(): Record<string, DeleteExpired> {
    const { platformSession, platformLoginAttempt, platformSignInNetwork } = this.prisma;
    return {
      platform_sessions: async (now, limit) =>
        (await platformSession.deleteMany({ where: { expiresAt: { lt: before(now, 7) } }, limit })).count,
      platform_sign_in_networks: async (now, limit) => {
        const where = { lastSignInAt: { lt: before(now, SIGN_IN_POLICY.familiarDays) } };
        return (await platformSignInNetwork.deleteMany({ where, limit })).count;
      },
      platform_login_attempts: async (now, limit) => {
        const where = {
          windowStartedAt: { lt: before(now, 1) },
          OR: [{ lockedUntil: null }, { lockedUntil: { lt: now } }],
        };
        return (await platformLoginAttempt.deleteMany({ where, limit })).count;
      },
    };
  }
}
