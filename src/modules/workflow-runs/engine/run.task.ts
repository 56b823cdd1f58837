import {
  type HandlesTasks,
  TaskHandler,
  type TaskPayload,
  type RunningTask,
} from '../../../common/queue/task-handler.js';
import { RUN_JOB } from '../run-task-names.js';
import { RunEngine } from './run-engine.js';

/** Starts or continues the execution of a run. */
@TaskHandler(RUN_JOB)
export class RunTask implements HandlesTasks {
  constructor(private readonly engine: RunEngine) {}

  handle({ runId }: TaskPayload, task: RunningTask): Promise<void> {
    return this.engine.execute(String(runId), task);
  }
}
