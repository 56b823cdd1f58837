import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditRefusals } from './audit-refusals.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { PlatformAuditInterceptor } from './platform-audit.interceptor.js';
import { RefusalAuditInterceptor } from './refusal-audit.interceptor.js';

@Global()
@Module({
  controllers: [AuditLogController],
  providers: [
    AuditRepository,
    AuditService,
    AuditLogService,
    AuditRefusals,
    { provide: APP_INTERCEPTOR, useClass: PlatformAuditInterceptor },
    { provide: APP_INTERCEPTOR, useClass: RefusalAuditInterceptor },
  ],
  exports: [AuditService, AuditRefusals],
})
export class AuditModule {}
