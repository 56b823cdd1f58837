import { Injectable } from '@nestjs/common';
import { QueueService } from '../../../common/queue/queue.service.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { databaseNow } from '../../../common/time/database-clock.js';
import { nextOccurrence } from './schedule-rules.js';

export const SCHEDULE_JOB = 'workflow.schedule';

/** Enough attempts to survive a long outage: an occurrence may be late, but is never lost. */
const MAX_ATTEMPTS = 25;

/** Plans schedules. Only the next occurrence of a schedule is in the queue, under a key that makes it unique. */
@Injectable()
export class SchedulesService {
  constructor(private readonly queue: QueueService) {}

  /**
   * Enqueues the first occurrence after `after`, in the running transaction, in place of a pending one. Returns when it
   * is due, or null if there is none.
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

  /** Removes the next occurrence from the queue, if there is one. */
  async cancel(workflowId: string): Promise<void> {
    await this.queue.dequeue(keyOf(workflowId));
  }
}

function keyOf(workflowId: string): string {
  return `schedule:${workflowId}`;
}
