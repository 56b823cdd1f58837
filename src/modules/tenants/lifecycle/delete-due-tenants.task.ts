import {
  type HandlesTasks,
  TaskHandler,
  type TaskPayload,
  type RunningTask,
} from '../../../common/queue/task-handler.js';
import { TenantDeletionService } from './tenant-deletion.service.js';

/** Runs every six hours and deletes due tenants whose own task was lost. */
@TaskHandler('tenant.delete_due', { cron: '17 */6 * * *' })
export class DeleteDueTenantsTask implements HandlesTasks {
  constructor(private readonly deletion: TenantDeletionService) {}

  async handle(_payload: TaskPayload, task: RunningTask): Promise<void> {
    await this.deletion.deleteAllDue(task.signal);
  }
}
