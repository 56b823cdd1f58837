import type { INestApplicationContext } from '@nestjs/common';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import type { InTenant } from '../factories.js';
import type { TestTenant } from './tenants.js';

export interface TestAuditEntry {
  readonly action: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly details: unknown;
}

export interface AuditFactories {
  /** The tenant's audit log, oldest first. */
  auditEntries(tenant: Pick<TestTenant, 'id'>): Promise<TestAuditEntry[]>;
}

export function auditFactories(app: INestApplicationContext, inTenant: InTenant['inTenant']): AuditFactories {
  const prisma = app.get(PrismaService);
  return {
    auditEntries: (tenant) =>
      inTenant(tenant, () =>
        prisma.auditEntry.findMany({
          select: { action: true, actorKind: true, actorId: true, targetType: true, targetId: true, details: true },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        }),
      ),
  };
}
