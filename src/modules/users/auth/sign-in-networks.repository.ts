import { Injectable } from '@nestjs/common';
import { SIGN_IN_POLICY } from '../../../common/auth/sign-in-lock.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { emailSpellings } from '../../../common/values/email-address.js';

/** Maximum per user; the oldest are removed. */
const MAX_NETWORKS = 50;

/** Remembers the networks from which users have signed in. */
@Injectable()
export class SignInNetworksRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Returns whether the user with that name signed in from the network recently. Executes the same statement for
   * unknown names.
   */
  async isFamiliar(name: string, network: string): Promise<boolean> {
    const [found] = await this.prisma.$queryRaw<{ is: boolean }[]>`
      SELECT EXISTS (
        SELECT FROM users u JOIN sign_in_networks n ON n.tenant_id = u.tenant_id AND n.user_id = u.id
        WHERE (u.email = ANY(${emailSpellings(name)}) OR u.username = ${name}) AND n.network = ${network}
          AND n.last_sign_in_at > now() - ${SIGN_IN_POLICY.familiarDays} * interval '1 day') AS "is"`;
    return found?.is ?? false;
  }

  /** Records a sign-in, in the running transaction. */
  async note(userId: string, network: string): Promise<void> {
    const [noted] = await this.prisma.$queryRaw<{ isNew: boolean }[]>`
      INSERT INTO sign_in_networks (user_id, network) VALUES (${userId}::uuid, ${network})
      ON CONFLICT (tenant_id, user_id, network) DO UPDATE SET last_sign_in_at = now()
      RETURNING xmax = 0 AS "isNew"`;
    if (!noted?.isNew) return;
    await this.prisma.$executeRaw`
      DELETE FROM sign_in_networks WHERE user_id = ${userId}::uuid AND network IN (
        SELECT network FROM sign_in_networks WHERE user_id = ${userId}::uuid
        ORDER BY last_sign_in_at DESC OFFSET ${MAX_NETWORKS}::int)`;
  }
}
