import { randomUUID } from 'node:crypto';
import { AccessTokens } from '../../src/common/auth/access-tokens.js';
import type { Role } from '../../src/common/identity/roles.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';
import type { TestApp } from './test-app.js';

const HOUR_MS = 3_600_000;

/** Somebody who is signed in, made without any route: for tests of what lies below all modules. */
export interface Principal {
  id: string;
  tenantId: string;
  authorization: string;
}

/** A user of the tenant, or of a new one. */
export async function signedInUser(
  { app }: TestApp,
  { role = 'member', tenantId }: { role?: Role; tenantId?: string } = {},
): Promise<Principal> {
  const tenant = tenantId ?? (await newTenant(app.get(PlatformPrismaService)));
  const prisma = app.get(PrismaService);
  const name = `u-${randomUUID().slice(0, 8)}`;
  const sessionId = randomUUID();
  const id = await app.get(TenantContext).run({ tenantId: tenant, source: 'system' }, async () => {
    const user = await prisma.user.create({ data: { username: name, email: `${name}@example.com`, role } });
    const data = { familyId: sessionId, userId: user.id, tokenHash: randomUUID(), expiresAt: inAnHour() };
    await prisma.session.create({ data });
    return user.id;
  });
  const { token } = await app.get(AccessTokens).sign({ subject: id, tenantId: tenant, sessionId });
  return { id, tenantId: tenant, authorization: `Bearer ${token}` };
}

export async function signedInPlatformAdmin({ app }: TestApp): Promise<Omit<Principal, 'tenantId'>> {
  const prisma = app.get(PlatformPrismaService);
  const admin = await prisma.platformAdmin.create({
    data: { email: `${randomUUID()}@example.com`, passwordHash: '-' },
  });
  const familyId = randomUUID();
  const data = { adminId: admin.id, familyId, tokenHash: randomUUID(), expiresAt: inAnHour() };
  await prisma.platformSession.create({ data });
  const { token } = await app.get(AccessTokens).sign({ subject: admin.id, sessionId: familyId });
  return { id: admin.id, authorization: `Bearer ${token}` };
}

async function newTenant(prisma: PlatformPrismaService): Promise<string> {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const { id } = await prisma.tenant.create({ data: { slug, name: slug, schemaName: slug, status: 'ACTIVE' } });
  return id;
}

function inAnHour(): Date {
  return new Date(Date.now() + HOUR_MS);
}
