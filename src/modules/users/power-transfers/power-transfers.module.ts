import { Module } from '@nestjs/common';
import { TenantsModule } from '../../tenants/tenants.module.js';
import { UserAccountsModule } from '../user-accounts.module.js';
import { ExpirePowerTransferTask } from './expire-power-transfer.task.js';
import { Ownership } from './ownership.js';
import { PowerTransfersController } from './power-transfers.controller.js';
import { PowerTransfersRepository } from './power-transfers.repository.js';
import { PowerTransfersService } from './power-transfers.service.js';
import { TransferPowerOperation } from './transfer-power.operation.js';

@Module({
  imports: [TenantsModule, UserAccountsModule],
  controllers: [PowerTransfersController],
  providers: [
    PowerTransfersService,
    PowerTransfersRepository,
    Ownership,
    ExpirePowerTransferTask,
    TransferPowerOperation,
  ],
})
export class PowerTransfersModule {}
