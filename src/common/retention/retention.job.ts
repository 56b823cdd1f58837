import { type HandlesJobs, JobHandler, type JobPayload, type RunningJob } from '../queue/task-handler.js';
import { ExpiredRows } from './expired-rows.js';

/** Deletes what has expired in one tenant. */
@JobHandler('retention.run')
export class RetentionJob implements HandlesJobs {
  constructor(private readonly expired: ExpiredRows) {}

  handle(_payload: JobPayload, job: RunningJob): Promise<void> {
    return this.expired.delete('tenant', job.signal);
  }
}
