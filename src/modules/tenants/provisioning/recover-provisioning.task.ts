import { type HandlesTasks, TaskHandler, type TaskPayload } from '../../../common/queue/task-handler.js';
import { isUuid } from '../../../common/tenancy/is-uuid.js';
import { ProvisioningService } from './provisioning.service.js';

/** Enqueued with every new tenant, due once its provisioning must have ended. */
@TaskHandler('tenant.recover_provisioning')
export class RecoverProvisioningTask implements HandlesTasks {
  constructor(private readonly provisioning: ProvisioningService) {}

  async handle({ tenantId }: TaskPayload): Promise<void> {
    if (!isUuid(tenantId)) throw new Error('The task names no tenant.');
    await this.provisioning.recover(tenantId);
  }
}
