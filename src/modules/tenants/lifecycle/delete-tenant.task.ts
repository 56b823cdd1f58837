import {
  type HandlesTasks,
  TaskHandler,
  type TaskPayload,
  type RunningTask,
} from '../../../common/queue/task-handler.js';
import { isUuid } from '../../../common/tenancy/is-uuid.js';
import { TenantDeletionService } from './tenant-deletion.service.js';

/** Enqueued when a deletion is scheduled, and runs when it is due. Does nothing for a restored tenant. */
@TaskHandler('tenant.delete')
export class DeleteTenantTask implements HandlesTasks {
  constructor(private readonly deletion: TenantDeletionService) {}

  async handle({ tenantId }: TaskPayload, task: RunningTask): Promise<void> {
    if (!isUuid(tenantId)) throw new Error('The task names no tenant.');
    await this.deletion.deleteIfDue(tenantId, task.signal);
  }
}
