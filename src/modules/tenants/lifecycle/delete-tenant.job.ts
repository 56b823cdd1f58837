import { type HandlesJobs, JobHandler, type JobPayload, type RunningJob } from '../../../common/queue/task-handler.js';
import { isUuid } from '../../../common/tenancy/is-uuid.js';
import { TenantDeletionService } from './tenant-deletion.service.js';

/** Enqueued when a deletion is scheduled, due when its time has come. A restored tenant is left alone. */
@JobHandler('tenant.delete')
export class DeleteTenantJob implements HandlesJobs {
  constructor(private readonly deletion: TenantDeletionService) {}

  async handle({ tenantId }: JobPayload, job: RunningJob): Promise<void> {
    if (!isUuid(tenantId)) throw new Error('The job names no tenant.');
    await this.deletion.deleteIfDue(tenantId, job.signal);
  }
}
