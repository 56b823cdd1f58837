import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import type { DemoUser } from './demo-data.js';

/**
 * Key in a tenant's metadata that holds the progress of the demo seed. A tenant without it was not created by the seed.
 */
export const DEMO_MARK = 'demo';

export interface FoundTenant {
  id: string;
  status: string;
  state: 'begun' | 'seeded' | 'foreign';
}

/** Queries that no service offers, because only the seed needs them. */
@Injectable()
export class DemoRepository {
  constructor(
    private readonly platform: PlatformPrismaService,
    private readonly prisma: PrismaService,
  ) {}

  /** Locks a demo tenant until the platform's transaction ends. Returns false if another seed holds the lock. */
  async tryLock(slug: string): Promise<boolean> {
    const [row] = await this.platform.$queryRaw<{ locked: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtextextended(${`tenantry:demo:${slug}`}, 0)) AS locked`;
    return row!.locked;
  }

  async findTenant(slug: string): Promise<FoundTenant | null> {
    const tenant = await this.platform.tenant.findFirst({
      where: { slug },
      select: { id: true, status: true, metadata: true },
    });
    if (!tenant) return null;
    const mark = (tenant.metadata as Record<string, unknown>)[DEMO_MARK];
    return { id: tenant.id, status: tenant.status, state: mark === 'begun' || mark === 'seeded' ? mark : 'foreign' };
  }

  /** Creates active users in the current tenant. Existing ones are left unchanged. */
  async addUsers(users: readonly DemoUser[], passwordHash: string): Promise<void> {
    await this.prisma.user.createMany({ data: [...users], skipDuplicates: true });
    await this.prisma.credential.createMany({
      data: users.map(({ username }) => ({ username, passwordHash })),
      skipDuplicates: true,
    });
  }

  /** Sets the name of a user of the current tenant. */
  async nameUser({ username, firstName, lastName }: DemoUser): Promise<void> {
    await this.prisma.user.updateMany({ where: { username }, data: { firstName, lastName } });
  }

  /** @throws if the current tenant has no such user. */
  async findUserId(username: string): Promise<string> {
    return (await this.prisma.user.findFirstOrThrow({ where: { username }, select: { id: true } })).id;
  }
}
