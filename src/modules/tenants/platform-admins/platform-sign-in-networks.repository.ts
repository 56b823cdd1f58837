import { Injectable } from '@nestjs/common';
import { SIGN_IN_POLICY } from '../../../common/auth/sign-in-lock.js';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';
import { emailSpellings } from '../../../common/values/email-address.js';

/** Maximum per platform admin; the oldest are removed. */
const MAX_NETWORKS = 50;

/** Remembers the networks from which platform admins have signed in, as for users. */
@Injectable()
export class PlatformSignInNetworksRepository {
  constructor(private readonly prisma: PlatformPrismaService) {}

  /** Returns whether the admin with that address signed in from the network recently. */
  async isFamiliar(email: string, network: string): Promise<boolean> {
    const [found] = await this.prisma.$queryRaw<{ is: boolean }[]>`
      SELECT EXISTS (
        SELECT FROM platform_admins a JOIN platform_sign_in_networks n ON n.admin_id = a.id
        WHERE a.email = ANY(${emailSpellings(email)}) AND n.network = ${network}
          AND n.last_sign_in_at > now() - ${SIGN_IN_POLICY.familiarDays} * interval '1 day') AS "is"`;
    return found?.is ?? false;
  }

  /** Records a sign-in. */
  async note(adminId: string, network: string): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO platform_sign_in_networks (admin_id, network) VALUES (${adminId}::uuid, ${network})
      ON CONFLICT (admin_id, network) DO UPDATE SET last_sign_in_at = now()`;
    await this.prisma.$executeRaw`
      DELETE FROM platform_sign_in_networks WHERE admin_id = ${adminId}::uuid AND network IN (
        SELECT network FROM platform_sign_in_networks WHERE admin_id = ${adminId}::uuid
        ORDER BY last_sign_in_at DESC OFFSET ${MAX_NETWORKS}::int)`;
  }
}
