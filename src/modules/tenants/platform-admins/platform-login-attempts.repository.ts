import { Injectable } from '@nestjs/common';
import { SignInCounters } from '../../../common/auth/sign-in-counters.repository.js';
import { PlatformPrismaService } from '../../../common/prisma/platform-prisma.service.js';
import { Prisma } from '../../../generated/prisma/client.js';

@Injectable()
export class PlatformLoginAttemptsRepository extends SignInCounters {
  constructor(prisma: PlatformPrismaService) {
    super(prisma, Prisma.sql`platform_login_attempts`, Prisma.sql`identifier_hash`);
  }
}
