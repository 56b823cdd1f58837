import { Injectable } from '@nestjs/common';
import { PrismaService, tenantTransactions } from '../prisma/prisma.service.js';
import { TransactionRunner } from './transaction-runner.js';

/** Transactions on the current tenant's data. Use it wherever several writes belong together. */
@Injectable()
export class DbalService extends TransactionRunner {
  constructor(prisma: PrismaService) {
    super(prisma, tenantTransactions);
  }
}
