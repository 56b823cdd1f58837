import { type HandlesJobs, JobHandler, type JobPayload } from '../../../common/queue/task-handler.js';
import { EXPIRE_POWER_TRANSFER, PowerTransfersService } from './power-transfers.service.js';

/** Notes in the row what everybody sees already: the hour is over. */
@JobHandler(EXPIRE_POWER_TRANSFER)
export class ExpirePowerTransferJob implements HandlesJobs {
  constructor(private readonly transfers: PowerTransfersService) {}

  async handle({ id }: JobPayload): Promise<void> {
    if (typeof id !== 'string') throw new TypeError('A power transfer expires by its id.');
    await this.transfers.expire(id);
  }
}
