import { type HandlesTasks, TaskHandler, type TaskPayload, type RunningTask } from '../queue/task-handler.js';
import { ExpiredRows } from './expired-rows.js';

/** Deletes expired rows in one tenant. */
@TaskHandler('retention.run')
export class RetentionTask implements HandlesTasks {
  constructor(private readonly expired: ExpiredRows) {}

  handle(_payload: TaskPayload, task: RunningTask): Promise<void> {
    return this.expired.delete('tenant', task.signal);
  }
}
