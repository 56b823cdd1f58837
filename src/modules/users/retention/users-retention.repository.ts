import { SIGN_IN_POLICY } from '../../../common/auth/sign-in-lock.js';
import { type DeleteExpired, type OwnsExpiringRows, Retention } from '../../../common/retention/retention.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

const DAY_MS = 24 * 60 * 60 * 1000;

const before = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

/** Deletes old sign-in and invitation data. The audit log is kept: the application may not delete from it. */
@Retention('tenant')
export class UsersRetentionRepository implements OwnsExpiringRows {
  constructor(private readonly prisma: PrismaService) {}

  expiring(): Record<string, DeleteExpired> {
    const { session, passwordResetToken, invitation, apiKey, powerTransferRequest } = this.prisma;
    const { loginAttempt, signInNetwork, streamTicket } = this.prisma;
    return {
      // A week longer than they are valid, so that users can still see where they were signed in.
      sessions: async (now, limit) =>
        (await session.deleteMany({ where: { expiresAt: { lt: before(now, 7) } }, limit })).count,
      password_reset_tokens: async (now, limit) =>
        (await passwordResetToken.deleteMany({ where: { expiresAt: { lt: before(now, 1) } }, limit })).count,
      // A month longer, whether accepted or not, so that questions about an invitation can be answered.
      invitations: async (now, limit) =>
        (await invitation.deleteMany({ where: { expiresAt: { lt: before(now, 30) } }, limit })).count,
      // A quarter longer, so that users can still see the name of an expired key.
      api_keys: async (now, limit) => {
        const gone = { lt: before(now, 90) };
        return (await apiKey.deleteMany({ where: { OR: [{ revokedAt: gone }, { expiresAt: gone }] }, limit })).count;
      },
      // A year; the audit log keeps the history.
      power_transfer_requests: async (now, limit) => {
        const where = { status: { not: 'pending' }, expiresAt: { lt: before(now, 365) } };
        return (await powerTransferRequest.deleteMany({ where, limit })).count;
      },
      stream_tickets: async (now, limit) =>
        (await streamTicket.deleteMany({ where: { expiresAt: { lt: now } }, limit })).count,
      sign_in_networks: async (now, limit) => {
        const where = { lastSignInAt: { lt: before(now, SIGN_IN_POLICY.familiarDays) } };
        return (await signInNetwork.deleteMany({ where, limit })).count;
      },
      login_attempts: async (now, limit) => {
        const where = {
          windowStartedAt: { lt: before(now, 1) },
          OR: [{ lockedUntil: null }, { lockedUntil: { lt: now } }],
        };
        return (await loginAttempt.deleteMany({ where, limit })).count;
      },
    };
  }
}
