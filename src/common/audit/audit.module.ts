import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { PlatformAuditInterceptor } from './platform-audit.interceptor.js';

@Global()
@Module({
  providers: [AuditRepository, AuditService, { provide: APP_INTERCEPTOR, useClass: PlatformAuditInterceptor }],
  exports: [AuditService],
})
export class AuditModule {}
