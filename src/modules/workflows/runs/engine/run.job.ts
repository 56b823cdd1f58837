import { type HandlesJobs, JobHandler, type JobPayload, type RunningJob } from '../../../../common/queue/task-handler.js';
import { RUN_JOB } from '../run-jobs.js';
import { RunEngine } from './run-engine.js';

/** Executes a run, or goes on with one. */
@JobHandler(RUN_JOB)
export class RunJob implements HandlesJobs {
  constructor(private readonly engine: RunEngine) {}

  handle({ runId }: JobPayload, job: RunningJob): Promise<void> {
    return this.engine.execute(String(runId), job);
  }
}
