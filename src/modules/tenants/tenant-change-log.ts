import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../common/audit/audit.service.js';
import type { Actor } from '../../common/identity/actor.js';
import type { JsonObject } from '../../common/json/json-object.js';
import { TenantContext } from '../../common/tenancy/tenant-context.js';

/** What the platform does to tenants, for the installation's log and for the tenant's own. */
@Injectable()
export class TenantChangeLog {
  private readonly logger = new Logger('audit');

  constructor(
    private readonly audit: AuditService,
    private readonly tenants: TenantContext,
  ) {}

  /**
   * Writes to both logs. The tenant's entry is saved at once, by another role than the registry's: call this before a change of
   * the row's unique columns, which would block it, and inside the registry's transaction, so that no change goes unrecorded.
   */
  async record(actor: Actor, tenantId: string, action: string, details?: JsonObject): Promise<void> {
    await this.tenants.run({ tenantId, source: 'system' }, () =>
      this.audit.record(actor, { action, targetType: 'tenant', targetId: tenantId, details }),
    );
    this.note(actor, tenantId, action, details);
  }

  /** Writes to the installation's log alone: the tenant is not there (any more). */
  note(actor: Actor, tenantId: string, action: string, details?: JsonObject): void {
    this.logger.log({ audit: true, action, actor: { kind: actor.kind, id: actor.id }, tenantId, details }, action);
  }
}
