import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { AccessTokens } from '../../src/common/auth/access-tokens.js';
import { PasswordHasher } from '../../src/common/auth/password-hasher.js';
import type { Role } from '../../src/common/identity/roles.js';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';
import { schemaNameOf } from '../../src/modules/tenants/tenant-names.js';
import type { Plan, TenantStatus } from '../../src/modules/tenants/tenants.types.js';
import type { UserStatus } from '../../src/modules/users/users.types.js';

const HOUR_MS = 3_600_000;

export interface TestUser {
  readonly id: string;
  readonly tenantId: string;
  readonly username: string;
  readonly email: string;
  readonly role: Role;
}

export interface TestTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly domain: string | null;
  readonly owner: TestUser;
}

export interface TenantOptions {
  plan?: Plan;
  status?: TenantStatus;
  domain?: string;
  settings?: object;
  quota?: Record<string, number>;
}

export interface UserOptions {
  role?: Role;
  status?: UserStatus;
  username?: string;
  email?: string;
  /** Costs a real argon2 hash; without one the user cannot sign in, but `tokenFor` works. */
  password?: string;
}

export interface TestAuditEntry {
  readonly action: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly details: unknown;
}

export interface Factories {
  /** A row in the registry and an owner, nothing else: no provisioning. ACTIVE unless said otherwise. */
  createTenant(options?: TenantOptions): Promise<TestTenant>;
  /** An ACTIVE member unless said otherwise. */
  createUser(tenant: Pick<TestTenant, 'id'>, options?: UserOptions): Promise<TestUser>;
  /** An access token of a new sign-in of the user. */
  tokenFor(user: Pick<TestUser, 'id' | 'tenantId'>): Promise<string>;
  /** An access token of a new platform admin. */
  platformToken(): Promise<string>;
  /** The tenant's audit log, oldest first. */
  auditEntries(tenant: Pick<TestTenant, 'id'>): Promise<TestAuditEntry[]>;
  /** Runs something inside the tenant, as its requests do. */
  inTenant<T>(tenant: Pick<TestTenant, 'id'>, fn: () => Promise<T>): Promise<T>;
}

/** Makes what tests need, under names that no other test has. Everything is written as the application's own roles. */
export function factories(app: INestApplicationContext): Factories {
  const prisma = app.get(PrismaService);
  const platform = app.get(PlatformPrismaService);
  const tenants = app.get(TenantContext);
  const tokens = app.get(AccessTokens);

  const inTenant: Factories['inTenant'] = ({ id }, fn) => tenants.run({ tenantId: id, source: 'system' }, fn);

  const createUser: Factories['createUser'] = async (tenant, options = {}) => {
    const { role = 'member', status = 'ACTIVE', username = uniqueName(role), password } = options;
    const email = options.email ?? `${username}@example.test`;
    const passwordHash = password === undefined ? undefined : await app.get(PasswordHasher).hash(password);
    return inTenant(tenant, async () => {
      const { id } = await prisma.user.create({ data: { username, email, role, status }, select: { id: true } });
      if (passwordHash) await prisma.credential.createMany({ data: { username, passwordHash } });
      return { id, tenantId: tenant.id, username, email, role };
    });
  };

  const createTenant: Factories['createTenant'] = async (options = {}) => {
    const { plan = 'enterprise', status = 'ACTIVE', domain = null, settings = {}, quota = {} } = options;
    const slug = uniqueName('tenant');
    const tenant = await platform.tenant.create({
      data: {
        slug,
        name: `Tenant ${slug}`,
        schemaName: schemaNameOf(slug),
        domain,
        plan,
        status,
        settings,
        quota,
        deletionScheduledAt: status === 'PENDING_DELETION' ? new Date(Date.now() + 24 * HOUR_MS) : null,
      },
      select: { id: true, slug: true, name: true, domain: true },
    });
    return { ...tenant, owner: await createUser(tenant, { role: 'owner' }) };
  };

  const tokenFor: Factories['tokenFor'] = async ({ id, tenantId }) => {
    const sessionId = randomUUID();
    await inTenant({ id: tenantId }, () => prisma.session.createMany({ data: { ...signIn(sessionId), userId: id } }));
    return (await tokens.sign({ subject: id, tenantId, sessionId })).token;
  };

  const platformToken: Factories['platformToken'] = async () => {
    const sessionId = randomUUID();
    const { id } = await platform.platformAdmin.create({
      data: { email: `${uniqueName('platform')}@example.test`, passwordHash: 'no password fits' },
      select: { id: true },
    });
    await platform.platformSession.createMany({ data: { ...signIn(sessionId), adminId: id } });
    return (await tokens.sign({ subject: id, sessionId })).token;
  };

  const auditEntries: Factories['auditEntries'] = (tenant) =>
    inTenant(tenant, () =>
      prisma.auditEntry.findMany({
        select: { action: true, actorKind: true, actorId: true, targetType: true, targetId: true, details: true },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      }),
    );

  return { createTenant, createUser, tokenFor, platformToken, auditEntries, inTenant };
}

/** A name that no other test has, in no other process either: a valid slug and username. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

/** A sign-in whose refresh token nobody knows. */
function signIn(familyId: string): { familyId: string; tokenHash: string; expiresAt: Date } {
  const tokenHash = createHash('sha256').update(randomBytes(32)).digest('hex');
  return { familyId, tokenHash, expiresAt: new Date(Date.now() + HOUR_MS) };
}
