import { Global, Module } from '@nestjs/common';
import { DbalService } from './dbal.service.js';
import { PlatformDbalService } from './platform-dbal.service.js';

/** Transactions across entities, of tenants and of the platform. */
@Global()
@Module({
  providers: [DbalService, PlatformDbalService],
  exports: [DbalService, PlatformDbalService],
})
export class DbalModule {}
