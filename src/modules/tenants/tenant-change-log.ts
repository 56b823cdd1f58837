import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../common/audit/audit.service.js';
import type { Actor } from '../../common/identity/actor.js';
import type { JsonObject } from '../../common/json/json-object.js';
import { TenantContext } from '../../common/tenancy/tenant-context.js';

/** Records changes that platform admins make to tenants, in the application log and in the tenant's audit log. */
@Injectable()
export class TenantChangeLog {
  private readonly logger = new Logger('audit');

  constructor(
    private readonly audit: AuditService,
    private readonly tenants: TenantContext,
  ) {}

  /**
   * Writes to both logs. The tenant's entry is committed at once, by another role than the registry's. Call this before
   * changing unique columns of the row, whose lock would block it, and inside the registry's transaction, so that no
   * change goes unrecorded.
   */
  async record(actor: Actor, tenantId: string, action: string, details?: JsonObject): Promise<void> {
    await this.tenants.run({ tenantId, source: 'system' }, () =>
      this.audit.record(actor, { action, targetType: 'tenant', targetId: tenantId, details }),
    );
    this.note(actor, tenantId, action, details);
  }

  /** Writes to the application log only, for a tenant that does not exist (any longer). */
  note(actor: Actor, tenantId: string, action: string, details?: JsonObject): void {
    this.logger.log({ audit: true, action, actor: { kind: actor.kind, id: actor.id }, tenantId, details }, action);
  }
}
