import { Global, Module } from '@nestjs/common';
import { AuditRefusals } from './audit-refusals.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { PlatformAuditGuard } from './platform-audit.guard.js';
import { RefusalAuditInterceptor } from './refusal-audit.interceptor.js';

const SERVICES = [AuditRepository, AuditService, AuditRefusals, PlatformAuditGuard, RefusalAuditInterceptor];

/** Writes the audit log. The routes that read it are in the module `audit`. */
@Global()
@Module({ providers: SERVICES, exports: SERVICES })
export class AuditModule {}
