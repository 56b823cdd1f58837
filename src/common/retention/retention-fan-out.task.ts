import { TenantStatesReadModel } from '../queue/tenant-states.read-model.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { type HandlesTasks, TaskHandler, type TaskPayload, type RunningTask } from '../queue/task-handler.js';
import { QueueService } from '../queue/queue.service.js';
import { ExpiredRows } from './expired-rows.js';
import { databaseTimeIn } from '../time/database-clock.js';

const PAGE = 500;
/** Tenants are spread over this time, so that the load does not peak. */
const SPREAD_MS = 30 * 60 * 1000;

/** Every night: deletes expired rows of global tables, and enqueues a task per tenant for the tenants' rows. */
@TaskHandler('retention.fan_out', { cron: '40 2 * * *' })
export class RetentionFanOutTask implements HandlesTasks {
  constructor(
    private readonly expired: ExpiredRows,
    private readonly states: TenantStatesReadModel,
    private readonly tenants: TenantContext,
    private readonly queue: QueueService,
  ) {}

  async handle(_payload: TaskPayload, task: RunningTask): Promise<void> {
    await this.expired.delete('platform', task.signal);
    let after: string | undefined;
    do {
      const page = await this.states.activeAfter(after, PAGE);
      for (const tenantId of page) await this.#enqueueFor(tenantId);
      after = page.length === PAGE ? page.at(-1) : undefined;
    } while (after !== undefined && !task.signal.aborted);
  }

  #enqueueFor(tenantId: string): Promise<void> {
    const runAt = databaseTimeIn(Math.random() * SPREAD_MS);
    return this.tenants.run({ tenantId, source: 'system' }, () =>
      this.queue.enqueue('retention.run', {}, { jobKey: 'retention', runAt, maxAttempts: 3 }),
    );
  }
}
