import { type HandlesJobs, JobHandler, type JobPayload, type RunningJob } from '../../../common/queue/task-handler.js';
import { TenantDeletionService } from './tenant-deletion.service.js';

/** Every six hours. Finds what a lost job left over. */
@JobHandler('tenant.delete_due', { cron: '17 */6 * * *' })
export class DeleteDueTenantsJob implements HandlesJobs {
  constructor(private readonly deletion: TenantDeletionService) {}

  async handle(_payload: JobPayload, job: RunningJob): Promise<void> {
    await this.deletion.deleteAllDue(job.signal);
  }
}
