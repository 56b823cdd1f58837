import { Injectable } from '@nestjs/common';
import type { Role } from '../../../common/identity/roles.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

@Injectable()
export class RunRightsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * What a user is now, and is until the running transaction ends: changes of their rights wait for it. Nothing where they are gone or
   * not active.
   */
  async hold(userId: string): Promise<{ tenantStatus: string; role: Role } | undefined> {
    const [row] = await this.prisma.$queryRaw<{ tenantStatus: string; role: Role }[]>`
      SELECT u.role, (SELECT t.status FROM tenants t WHERE t.id = u.tenant_id) AS "tenantStatus"
      FROM users u WHERE u.id = ${userId}::uuid AND u.status = 'ACTIVE' FOR SHARE OF u`;
    return row;
  }
}
