import { type HandlesJobs, JobHandler } from '../../../common/jobs/job-handler.js';
import { TenantDeletionService } from './tenant-deletion.service.js';

/** Every six hours. Finds what a lost job left over. */
@JobHandler('tenant.delete_due', { cron: '17 */6 * * *' })
export class DeleteDueTenantsJob implements HandlesJobs {
  constructor(private readonly deletion: TenantDeletionService) {}

  async handle(): Promise<void> {
    await this.deletion.deleteAllDue();
  }
}
