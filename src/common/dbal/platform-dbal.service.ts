import { Injectable } from '@nestjs/common';
import { platformTransactions, PlatformPrismaService } from '../prisma/platform-prisma.service.js';
import { TransactionRunner } from './transaction-runner.js';

/** Transactions of the platform role, on the registry and other global tables. */
@Injectable()
export class PlatformDbalService extends TransactionRunner {
  constructor(prisma: PlatformPrismaService) {
    super(prisma, platformTransactions);
  }
}
