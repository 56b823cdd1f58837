import { Module } from '@nestjs/common';
import { AuditEntriesRepository } from './audit-entries.repository.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogService } from './audit-log.service.js';

/** The audit log of a tenant, to read and to export. */
@Module({ controllers: [AuditLogController], providers: [AuditLogService, AuditEntriesRepository] })
export class AuditLogModule {}
