import { Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AuditLogController } from '../../modules/audit/audit-log.controller.js';
import { AuditLogService } from '../../modules/audit/audit-log.service.js';
import { AuditRefusals } from './audit-refusals.js';
import { AuditEntriesRepository } from '../../modules/audit/audit-entries.repository.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { PlatformAuditGuard } from './platform-audit.guard.js';
import { RefusalAuditInterceptor } from './refusal-audit.interceptor.js';

@Global()
@Module({
  controllers: [AuditLogController],
  providers: [
    AuditRepository,
    AuditEntriesRepository,
    AuditService,
    AuditLogService,
    AuditRefusals,
    { provide: APP_GUARD, useClass: PlatformAuditGuard },
    { provide: APP_INTERCEPTOR, useClass: RefusalAuditInterceptor },
  ],
  exports: [AuditService, AuditRefusals],
})
export class AuditModule {}
