import { Logger } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { AppError, RateLimitError, UnavailableError } from '../../../common/errors/app-error.js';
import { type HandlesTasks, TaskHandler, type TaskPayload } from '../../../common/queue/task-handler.js';
import { parseTimestamp } from '../../../common/values/timestamps.js';
import { StartRefusals } from '../admission/start-refusals.js';
import { RunsService } from '../runs.service.js';
import { SCHEDULE_JOB, SchedulesService } from './schedules.service.js';
import { WorkflowsService } from '../../workflows/workflows.service.js';

/**
 * Handles one occurrence of a schedule: starts a run and plans the next occurrence in one transaction. Occurrences that
 * were missed, because no worker was running or the tenant was suspended, are replaced by a single run.
 */
@TaskHandler(SCHEDULE_JOB)
export class ScheduleTask implements HandlesTasks {
  readonly #logger = new Logger(ScheduleTask.name);

  constructor(
    private readonly workflows: WorkflowsService,
    private readonly schedules: SchedulesService,
    private readonly runs: RunsService,
    private readonly refusals: StartRefusals,
    private readonly dbal: DbalService,
  ) {}

  async handle({ workflowId, occurrence }: TaskPayload): Promise<void> {
    const id = String(workflowId);
    const due = parseTimestamp(occurrence);
    if (!due) throw new TypeError('A schedule is due at a time.');
    await this.dbal.transaction(async () => {
      // Paused, changed, or already handled: then its next occurrence has another task, or there is none.
      const triggerConfig = await this.workflows.holdSchedule(id, due);
      if (!triggerConfig) return;
      await this.#start(id, due);
      await this.workflows.planned(id, await this.schedules.plan({ id, triggerConfig }));
    });
  }

  /** A run that cannot start must not stop the schedule. */
  async #start(workflowId: string, due: Date): Promise<void> {
    const occurrence = due.toISOString();
    try {
      const trigger = { kind: 'schedule', dedupeKey: `schedule:${occurrence}` } as const;
      // A refused start rolls back only to this savepoint.
      await this.dbal.savepoint(() => this.runs.start(SYSTEM_ACTOR, workflowId, { occurrence }, trigger));
    } catch (error) {
      if (!(error instanceof AppError) || error instanceof UnavailableError) throw error;
      this.#logger.warn({ err: error, workflowId, occurrence }, 'A scheduled run did not start.');
      if (error instanceof RateLimitError) await this.refusals.record('schedule', workflowId, error, { occurrence });
    }
  }
}
