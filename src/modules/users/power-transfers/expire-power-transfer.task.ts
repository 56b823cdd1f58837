import { type HandlesTasks, TaskHandler, type TaskPayload } from '../../../common/queue/task-handler.js';
import { EXPIRE_POWER_TRANSFER, PowerTransfersService } from './power-transfers.service.js';

/** Sets the status `expired`, which readers already derive from the time. */
@TaskHandler(EXPIRE_POWER_TRANSFER)
export class ExpirePowerTransferTask implements HandlesTasks {
  constructor(private readonly transfers: PowerTransfersService) {}

  async handle({ id }: TaskPayload): Promise<void> {
    if (typeof id !== 'string') throw new TypeError('The task names no power transfer.');
    await this.transfers.expire(id);
  }
}
