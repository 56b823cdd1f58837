import { randomUUID } from 'node:crypto';
import { AuditService } from '../../src/common/audit/audit.service.js';
import { SYSTEM_ACTOR } from '../../src/common/identity/actor.js';
import { TaskRunner } from '../../src/common/queue/task-runner.js';
import { QueueService } from '../../src/common/queue/queue.service.js';
import { PlatformQueueService } from '../../src/common/queue/platform-queue.service.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { type Factories, factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import { uniqueName } from '../support/unique-name.js';
import { queuedFor } from '../support/queued-tasks.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let test: TestApp;
let make: Factories;
let prisma: PrismaService;

beforeAll(async () => {
  test = await createTestApp();
  make = factories(test.app);
  prisma = test.app.get(PrismaService);
});

afterAll(() => test.close());

const daysAgo = (days: number): Date => new Date(Date.now() - days * 24 * 60 * 60 * 1000);

async function runRetentionIn(tenant: TestTenant): Promise<void> {
  await make.inTenant(tenant, () => test.app.get(QueueService).enqueue('retention.run', {}));
  await test.app.get(TaskRunner).runDue();
}

/** Makes a row of each kind for each age, counted from its expiry. */
async function leaveBehind(tenant: TestTenant, agesInDays: number[]): Promise<void> {
  await make.inTenant(tenant, async () => {
    for (const age of agesInDays) {
      const { id: userId, username } = await make.createUser(tenant);
      const [tokenHash, expiresAt] = [randomUUID(), daysAgo(age)];
      await prisma.session.create({ data: { userId, familyId: randomUUID(), tokenHash, expiresAt } });
      await prisma.passwordResetToken.create({ data: { username, tokenHash, expiresAt } });
      await prisma.invitation.create({ data: { userId, tokenHash, expiresAt } });
      await prisma.loginAttempt.create({
        data: { identifierHash: tokenHash, failures: 1, windowStartedAt: expiresAt },
      });
      await prisma.idempotencyRecord.create({
        data: { keyHash: tokenHash, fingerprint: 'f', status: 200, headers: {}, expiresAt },
      });
    }
  });
}

function left(tenant: TestTenant): Promise<Record<string, number>> {
  return make.inTenant(tenant, async () => ({
    sessions: await prisma.session.count(),
    resetTokens: await prisma.passwordResetToken.count(),
    invitations: await prisma.invitation.count(),
    loginAttempts: await prisma.loginAttempt.count(),
    idempotencyRecords: await prisma.idempotencyRecord.count(),
  }));
}

describe('Retention in a tenant', () => {
  it('deletes what expired long enough ago, each kind after its own time', async () => {
    const tenant = await make.createTenant();
    // Still valid, and expired for half a day, six, eight and thirty-one days.
    await leaveBehind(tenant, [-1, 0.5, 6, 8, 31]);
    await runRetentionIn(tenant);
    expect(await left(tenant)).toEqual({
      sessions: 3,
      resetTokens: 2,
      invitations: 4,
      loginAttempts: 2,
      idempotencyRecords: 1,
    });
  });

  it('touches no other tenant', async () => {
    const [tenant, other] = [await make.createTenant(), await make.createTenant()];
    await leaveBehind(other, [100]);
    await runRetentionIn(tenant);
    expect(await left(other)).toEqual({
      sessions: 1,
      resetTokens: 1,
      invitations: 1,
      loginAttempts: 1,
      idempotencyRecords: 1,
    });
  });

  it('keeps a name locked for as long as it was locked', async () => {
    const tenant = await make.createTenant();
    await make.inTenant(tenant, () =>
      prisma.loginAttempt.create({
        data: { identifierHash: 'locked', failures: 5, windowStartedAt: daysAgo(3), lockedUntil: daysAgo(-1) },
      }),
    );
    await runRetentionIn(tenant);
    expect(await left(tenant)).toMatchObject({ loginAttempts: 1 });
  });

  it('goes on until nothing is left, batch by batch', async () => {
    const tenant = await make.createTenant();
    const rows = Array.from({ length: 1001 }, () => ({
      keyHash: randomUUID(),
      fingerprint: 'f',
      status: 200,
      headers: {},
      expiresAt: daysAgo(2),
    }));
    await make.inTenant(tenant, () => prisma.idempotencyRecord.createMany({ data: rows }));
    await runRetentionIn(tenant);
    expect(await left(tenant)).toMatchObject({ idempotencyRecords: 0 });
  });

  it('leaves the audit log alone', async () => {
    const tenant = await make.createTenant();
    await make.inTenant(tenant, () => test.app.get(AuditService).record(SYSTEM_ACTOR, { action: 'test.happened' }));
    await runRetentionIn(tenant);
    expect(await make.auditEntries(tenant)).toHaveLength(1);
  });
});

describe('Every night', () => {
  it('each active tenant is looked through once, and global tables are cleaned', async () => {
    const platform = test.app.get(PlatformPrismaService);
    const [active, suspended] = [await make.createTenant(), await make.createTenant({ status: 'SUSPENDED' })];
    const { id: adminId } = await platform.platformAdmin.create({
      data: { email: `${uniqueName('platform')}@example.test`, passwordHash: 'no password fits' },
      select: { id: true },
    });
    await platform.platformSession.createMany({
      data: [1, 8].map((age) => ({
        adminId,
        familyId: randomUUID(),
        tokenHash: randomUUID(),
        expiresAt: daysAgo(age),
      })),
    });
    for (let night = 0; night < 2; night += 1) {
      await test.app.get(PlatformQueueService).enqueue('retention.fan_out', {});
      await test.app.get(TaskRunner).runDue();
    }
    expect(await queuedFor(active, 'retention.run')).toMatchObject([
      { key: `t:${active.id}:retention`, inFuture: true },
    ]);
    expect(await queuedFor(suspended, 'retention.run')).toEqual([]);
    expect(await platform.platformSession.count({ where: { adminId } })).toBe(1);
  });
});
