import type { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { RowMaker } from '../isolation/matrix/row-maker.js';
import { tenantModels } from '../isolation/matrix/tenant-models.js';
import { adminPool } from './admin-pool.js';
import { testDatabase } from './test-database.js';

/** Inserts a row of a model for a tenant, valid and of no special kind, with the rows it depends on. Returns its id. */
export async function anyRow(model: Prisma.ModelName, tenantId: string, prisma: PrismaService): Promise<string> {
  const admin = adminPool((await testDatabase()).adminUrl, 1);
  const sql = async <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await admin.query<T>(text, values)).rows;
  try {
    const models = await tenantModels({ prisma, sql });
    const wanted = models.find((candidate) => candidate.model === model);
    if (!wanted) throw new Error(`${model} is no model of tenants.`);
    return (await new RowMaker(models, sql).insert(wanted, tenantId))['id'] as string;
  } finally {
    await admin.end();
  }
}
