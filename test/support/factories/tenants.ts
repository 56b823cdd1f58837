import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { AccessTokens } from '../../../src/common/auth/access-tokens.js';
import { PlatformPrismaService } from '../../../src/common/prisma/platform-prisma.service.js';
import { schemaNameOf } from '../../../src/modules/tenants/tenant-names.js';
import type { Plan, TenantStatus } from '../../../src/modules/tenants/tenants.types.js';
import { sessionData } from '../session-data.js';
import { uniqueName } from '../unique-name.js';
import type { TestUser, UserFactories } from './users.js';

const DAY_MS = 86_400_000;

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

export interface TenantFactories {
  /** A row in the registry and an owner, nothing else: no provisioning. ACTIVE unless said otherwise. */
  createTenant(options?: TenantOptions): Promise<TestTenant>;
  /** An access token of a new platform admin. */
  platformToken(): Promise<string>;
}

export function tenantFactories(
  app: INestApplicationContext,
  { createUser }: Pick<UserFactories, 'createUser'>,
): TenantFactories {
  const platform = app.get(PlatformPrismaService);
  const tokens = app.get(AccessTokens);

  const createTenant: TenantFactories['createTenant'] = async (options = {}) => {
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
        deletionScheduledAt: status === 'PENDING_DELETION' ? new Date(Date.now() + DAY_MS) : null,
      },
      select: { id: true, slug: true, name: true, domain: true },
    });
    return { ...tenant, owner: await createUser(tenant, { role: 'owner' }) };
  };

  const platformToken: TenantFactories['platformToken'] = async () => {
    const sessionId = randomUUID();
    const { id } = await platform.platformAdmin.create({
      data: { email: `${uniqueName('platform')}@example.test`, passwordHash: 'no password fits' },
      select: { id: true },
    });
    await platform.platformSession.createMany({ data: { ...sessionData(sessionId), adminId: id } });
    return (await tokens.sign({ subject: id, sessionId })).token;
  };

  return { createTenant, platformToken };
}
