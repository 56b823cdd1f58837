import { Controller, Get, Injectable, Module, type OnApplicationBootstrap, Param } from '@nestjs/common';
import { Allow } from '../../src/common/identity/auth.decorators.js';
import { IdParam } from '../../src/common/contracts/id-param.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';

/** What a handler saw. */
export interface Seen {
  tenantId: string | undefined;
  rows: string[];
}

/** Lets two requests go on at the same moment: both await one and the same promise. */
@Injectable()
export class Meeting {
  readonly #waiting = new Map<string, { met: Promise<void>; open: () => void }>();

  arrive(name: string): Promise<void> {
    const first = this.#waiting.get(name);
    if (first) {
      this.#waiting.delete(name);
      first.open();
      return first.met;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(name, { met: promise, open: resolve });
    return promise;
  }
}

/** Work that begins with the process, not with a request. */
@Injectable()
export class EarlyWork implements OnApplicationBootstrap {
  outcome: Promise<unknown> = Promise.resolve();

  constructor(private readonly prisma: PrismaService) {}

  onApplicationBootstrap(): void {
    this.outcome = new Promise((resolve) => {
      setTimeout(() => {
        this.prisma.user.findMany().then(resolve, resolve);
      }, 0);
    });
  }
}

/** Work that goes on when its request has been answered. */
@Injectable()
export class LateWork {
  readonly done: Promise<Seen>[] = [];
}

type Look = (prisma: PrismaService, tenantId: string, id: string) => Promise<{ tenantId: string }[]>;
const key = (tenantId: string, id: string): { tenantId_id: { tenantId: string; id: string } } => ({
  tenantId_id: { tenantId, id },
});

/** Ways to look for one row, those of Prisma's DataLoader first. */
export const LOOKS: Record<string, Look> = {
  findUnique: async (prisma, tenantId, id) => {
    const row = await prisma.user.findUnique({ where: key(tenantId, id) });
    return row ? [row] : [];
  },
  findUniqueOrThrow: (prisma, tenantId, id) =>
    prisma.user.findUniqueOrThrow({ where: key(tenantId, id) }).then(
      (row) => [row],
      () => [],
    ),
  batch: async (prisma, _, id) => (await prisma.$transaction([prisma.user.findMany({ where: { id } })]))[0],
  findMany: (prisma, _, id) => prisma.user.findMany({ where: { id } }),
  raw: (prisma, _, id) => prisma.$queryRaw`SELECT tenant_id AS "tenantId" FROM users WHERE id = ${id}::uuid`,
};

@Controller('shared-moment')
class SharedMomentController {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tenants: TenantContext,
    private readonly meeting: Meeting,
    private readonly late: LateWork,
  ) {}

  /** Looks for a user of a tenant, at the same moment as the other request of the pair. */
  @Get(':pair/:look/:tenantId/:id')
  @Allow('user:read')
  async look(
    @Param('pair') pair: string,
    @Param('look') look: string,
    @IdParam('tenantId') tenantId: string,
    @IdParam() id: string,
  ): Promise<Seen> {
    await this.meeting.arrive(pair);
    const rows = await LOOKS[look]!(this.prisma, tenantId, id);
    return { tenantId: this.tenants.find()?.tenantId, rows: rows.map((row) => row.tenantId) };
  }

  @Get('leave-behind')
  @Allow('user:read')
  leaveBehind(): { left: boolean } {
    const seen = new Promise<void>((resolve) => setTimeout(resolve, 1)).then(async () => {
      const rows = await this.prisma.user.findMany();
      return { tenantId: this.tenants.find()?.tenantId, rows: [...new Set(rows.map((row) => row.tenantId))] };
    });
    this.late.done.push(seen);
    return { left: true };
  }
}

/** Routes of the test that show what a handler sees. */
@Module({ controllers: [SharedMomentController], providers: [Meeting, EarlyWork, LateWork] })
export class SharedMomentModule {}
