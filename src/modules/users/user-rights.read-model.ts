import { Injectable } from '@nestjs/common';
import type { Role } from '../../common/identity/roles.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';

/** Reads the roles of users, for modules whose resources act on behalf of a user. */
@Injectable()
export class UserRightsReadModel {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Returns the role of a user and the status of the tenant, and locks both until the running transaction ends.
   * Undefined if the user does not exist or is not active.
   */
  async hold(userId: string): Promise<{ tenantStatus: string; role: Role } | undefined> {
    const [row] = await this.prisma.$queryRaw<{ tenantStatus: string; role: Role }[]>`
      SELECT u.role, (SELECT t.status FROM tenants t WHERE t.id = u.tenant_id) AS "tenantStatus"
      FROM users u WHERE u.id = ${userId}::uuid AND u.status = 'ACTIVE' FOR SHARE OF u`;
    return row;
  }

  /** Returns the roles of existing users by id, whatever their status. */
  async rolesOf(userIds: readonly string[]): Promise<Map<string, Role>> {
    if (userIds.length === 0) return new Map();
    const rows = await this.prisma.user.findMany({
      where: { id: { in: [...new Set(userIds)] } },
      select: { id: true, role: true },
    });
    return new Map(rows.map(({ id, role }) => [id, role as Role]));
  }
}
