import { Module } from '@nestjs/common';
import { AuditEntriesRepository } from './audit-entries.repository.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogService } from './audit-log.service.js';

/** Lets a tenant read and export its audit log. */
@Module({ controllers: [AuditLogController], providers: [AuditLogService, AuditEntriesRepository] })
export class AuditLogModule {}
