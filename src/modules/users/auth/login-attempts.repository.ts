import { Injectable } from '@nestjs/common';
import { SignInCounters } from '../../../common/auth/sign-in-counters.repository.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { Prisma } from '../../../generated/prisma/client.js';

@Injectable()
export class LoginAttemptsRepository extends SignInCounters {
  constructor(prisma: PrismaService) {
    super(prisma, Prisma.sql`login_attempts`, Prisma.sql`tenant_id, identifier_hash`);
  }
}
