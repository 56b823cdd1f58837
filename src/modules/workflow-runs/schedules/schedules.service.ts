import { Injectable } from '@nestjs/common';
import { QueueService } from '../../../common/queue/queue.service.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { databaseNow } from '../../../common/time/database-clock.js';
import { nextOccurrence } from './schedule-rules.js';

export const SCHEDULE_JOB = 'workflow.schedule';

/** Enough attempts to survive a long outage: a schedule may be late, never lost. */
const MAX_ATTEMPTS = 25;

/** A schedule of which exactly the next occurrence is a task, under a key of its own: there is never a second one. */
@Injectable()
export class SchedulesService {
  constructor(private readonly queue: QueueService) {}

  /**
   * Enqueues the first occurrence after `after`, in the running transaction; a pending one is replaced. Returns when it is due: null when
   * it never is again.
   * @param workflow its `triggerConfig` is valid.
   */
  async plan(
    { id, triggerConfig }: { id: string; triggerConfig: JsonObject },
    after = databaseNow(),
  ): Promise<Date | null> {
    const next = nextOccurrence(triggerConfig, after);
    if (!next) {
      await this.cancel(id);
      return null;
    }
    await this.queue.enqueue(
      SCHEDULE_JOB,
      { workflowId: id, occurrence: next.toISOString() },
      { runAt: next, jobKey: keyOf(id), maxAttempts: MAX_ATTEMPTS },
    );
    return next;
  }

  /** Takes the next occurrence out of the queue, if there is one. */
  async cancel(workflowId: string): Promise<void> {
    await this.queue.dequeue(keyOf(workflowId));
  }
}

function keyOf(workflowId: string): string {
  return `schedule:${workflowId}`;
}
