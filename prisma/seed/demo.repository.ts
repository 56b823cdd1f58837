import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../src/common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import type { DemoUser } from './demo-data.js';

/** Key in a tenant's metadata: how far the demo is with it. A tenant without it is somebody's own. */
export const DEMO_MARK = 'demo';

export interface FoundTenant {
  id: string;
  status: string;
  state: 'begun' | 'seeded' | 'foreign';
}

/** What no service offers, because only the seed may want it. */
@Injectable()
export class DemoRepository {
  constructor(
    private readonly platform: PlatformPrismaService,
    private readonly prisma: PrismaService,
  ) {}

  /** Takes the lock of a demo tenant for the rest of the platform's transaction; false when another seed has it. */
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

  /** Users of the current tenant who may sign in at once. Those that exist stay as they are. */
  async addUsers(users: readonly DemoUser[], passwordHash: string): Promise<void> {
    await this.prisma.user.createMany({ data: [...users], skipDuplicates: true });
    await this.prisma.credential.createMany({
      data: users.map(({ username }) => ({ username, passwordHash })),
      skipDuplicates: true,
    });
  }

  /** Gives a user of the current tenant a name. */
  async nameUser({ username, firstName, lastName }: DemoUser): Promise<void> {
    await this.prisma.user.updateMany({ where: { username }, data: { firstName, lastName } });
  }

  /** Of a user of the current tenant who must be there. */
  async findUserId(username: string): Promise<string> {
    return (await this.prisma.user.findFirstOrThrow({ where: { username }, select: { id: true } })).id;
  }
}
