import { Injectable } from '@nestjs/common';
import { QueueService } from '../../../common/queue/queue.service.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { Trigger } from '../../workflows/definitions/definition.types.js';
import { nextOccurrence } from './schedule-rules.js';
import { SchedulesRepository } from './schedules.repository.js';
import { databaseNow } from '../../../common/time/database-clock.js';

export const SCHEDULE_JOB = 'workflow.schedule';

/** Of a stormy night: a schedule may be late, never lost. */
const MAX_ATTEMPTS = 25;

/** A schedule of which exactly the next occurrence is a job, under a key of its own: there is never a second one. */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly queue: QueueService,
  ) {}

  /**
   * Enqueues the first occurrence after `after`, in the running transaction; a pending one is replaced. Call it whenever a workflow
   * becomes active, or an active one changes. Returns when it is due: null when it never is again, and for other triggers.
   * @param workflow its `triggerConfig` is valid.
   */
  async activated(
    { id, trigger, triggerConfig }: { id: string; trigger: Trigger; triggerConfig: JsonObject },
    after = databaseNow(),
  ): Promise<Date | null> {
    const next = trigger === 'schedule' ? nextOccurrence(triggerConfig, after) : null;
    if (!next) {
      await this.paused(id);
      return null;
    }
    await this.schedules.setNextRun(id, next);
    await this.queue.enqueue(
      SCHEDULE_JOB,
      { workflowId: id, occurrence: next.toISOString() },
      { runAt: next, jobKey: keyOf(id), maxAttempts: MAX_ATTEMPTS },
    );
    return next;
  }

  /** Takes the next occurrence out of the queue, if there is one. */
  async paused(workflowId: string): Promise<void> {
    await this.schedules.setNextRun(workflowId, null);
    await this.queue.dequeue(keyOf(workflowId));
  }
}

function keyOf(workflowId: string): string {
  return `schedule:${workflowId}`;
}
