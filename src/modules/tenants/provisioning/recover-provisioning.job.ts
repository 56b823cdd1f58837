import { type HandlesJobs, JobHandler, type JobPayload } from '../../../common/queue/task-handler.js';
import { isUuid } from '../../../common/tenancy/is-uuid.js';
import { ProvisioningService } from './provisioning.service.js';

/** Enqueued with every new tenant, due when its provisioning must have ended. */
@JobHandler('tenant.recover_provisioning')
export class RecoverProvisioningJob implements HandlesJobs {
  constructor(private readonly provisioning: ProvisioningService) {}

  async handle({ tenantId }: JobPayload): Promise<void> {
    if (!isUuid(tenantId)) throw new Error('The job names no tenant.');
    await this.provisioning.recover(tenantId);
  }
}
