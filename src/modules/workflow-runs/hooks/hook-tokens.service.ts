import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import type { TriggerAddress } from '../../workflows/triggers/trigger.types.js';
import { WorkflowsService } from '../../workflows/workflows.service.js';
import { notAWebhook } from './hooks.errors.js';
import { HookAddressesService } from './hook-addresses.service.js';

/** Issues new addresses for workflows with webhook triggers. */
@Injectable()
export class HookTokensService {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly hooks: HookAddressesService,
    private readonly dbal: DbalService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Issues a new secret address for a workflow with a webhook trigger; the previous one stops working.
   * @throws NotFoundError; ForbiddenError `workflow.not_yours`; ConflictError `workflow.no_webhook`.
   */
  renew(actor: Actor, workflowId: string): Promise<TriggerAddress> {
    return this.dbal.transaction(async () => {
      const { trigger } = await this.workflows.getForChange(actor, workflowId);
      if (trigger !== 'webhook') throw notAWebhook();
      await this.audit.record(actor, {
        action: 'workflow.hook_renewed',
        targetType: 'workflow',
        targetId: workflowId,
      });
      return this.hooks.mint(workflowId);
    });
  }
}
