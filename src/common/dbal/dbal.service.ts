import { Injectable } from '@nestjs/common';
import { PrismaService, tenantTransactions } from '../prisma/prisma.service.js';
import { TransactionRunner } from './transaction-runner.js';

/** Transactions on the data of the current tenant. Anything that writes twice goes through here. */
@Injectable()
export class DbalService extends TransactionRunner {
  constructor(prisma: PrismaService) {
    super(prisma, tenantTransactions);
  }
}
