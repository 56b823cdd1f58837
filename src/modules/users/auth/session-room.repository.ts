import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

/** Maximum number of rows in one batch; far more than a request needs. */
const AT_ONCE = 100;

@Injectable()
export class SessionRoomRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Returns the live sessions except the `kept` most recently used; least recently used first. */
  async findBeyond(userId: string, kept: number): Promise<string[]> {
    const rows = await this.prisma.$queryRaw<{ familyId: string }[]>`
      SELECT family_id AS "familyId" FROM (
        SELECT family_id, max(last_activity) AS used_at FROM sessions
        WHERE user_id = ${userId}::uuid AND replaced_at IS NULL AND revoked_at IS NULL AND expires_at > now()
        GROUP BY family_id
        ORDER BY used_at DESC, family_id DESC OFFSET ${kept}::integer LIMIT ${AT_ONCE}::integer) AS beyond
      ORDER BY used_at, family_id`;
    return rows.map(({ familyId }) => familyId);
  }

  /** Deletes exchanged and revoked tokens except the newest `kept`. */
  async pruneDead(userId: string, kept: number): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions
        WHERE user_id = ${userId}::uuid AND (replaced_at IS NOT NULL OR revoked_at IS NOT NULL)
        ORDER BY id DESC OFFSET ${kept}::integer LIMIT ${AT_ONCE}::integer)`;
  }
}
