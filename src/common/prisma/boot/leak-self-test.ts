import type { TenantContext } from '../../tenancy/tenant-context.js';
import type { PrismaService } from '../prisma.service.js';

const A = { tenantId: '00000000-0000-7000-8000-00000000000a', id: '00000000-0000-7000-8000-0000000000a1' };
const B = { tenantId: '00000000-0000-7000-8000-00000000000b', id: '00000000-0000-7000-8000-0000000000b1' };

/**
 * Requests the same row for two tenants in the same tick, in each way that Prisma batches; only the row's owner may
 * receive it. Uses the two rows of `tenancy_probe` that the first migration creates. Returns descriptions of leaked and
 * missing rows.
 */
export async function findLeaks(prisma: PrismaService, tenants: TenantContext): Promise<string[]> {
  const as = <T>(tenant: typeof A, fn: () => Promise<T>): Promise<T> =>
    tenants.run({ tenantId: tenant.tenantId, source: 'system' }, fn);
  const unique = (tenant: typeof A, row: typeof A): Promise<unknown> =>
    as(tenant, () => prisma.tenancyProbe.findUnique({ where: { tenantId_id: row } }));
  const batch = (tenant: typeof A): Promise<{ id: string }[]> =>
    as(tenant, async () => (await prisma.$transaction([prisma.tenancyProbe.findMany({ select: { id: true } })]))[0]);

  const [ownA, aToB, ownB, bToA, listA, listB] = await Promise.all([
    unique(A, A),
    unique(B, A),
    unique(B, B),
    unique(A, B),
    batch(A),
    batch(B),
  ]);
  const problems: string[] = [];
  if (!ownA || !ownB) problems.push('findUnique does not find a tenant’s own row');
  if (aToB || bToA) problems.push('findUnique reads another tenant’s row');
  if (listA.length !== 1 || listA[0]?.id !== A.id) problems.push('a batch reads the wrong tenant’s rows');
  if (listB.length !== 1 || listB[0]?.id !== B.id) problems.push('a batch reads the wrong tenant’s rows');
  return problems;
}
