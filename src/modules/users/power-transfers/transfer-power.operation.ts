import { UuidField } from '../../../common/contracts/fields.js';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalOperation, type Operation } from '../../../common/operations/operation.js';
import { PowerTransferDto } from './power-transfers.dto.js';
import { PowerTransfersService } from './power-transfers.service.js';

export class TransferPowerInput {
  @UuidField({ description: 'The id of the power transfer that was offered to you.' }) powerTransferId!: string;
}

@DbalOperation({
  name: 'transfer_power',
  description: 'Accepts a power transfer. You become the owner of the tenant, and the previous owner becomes an admin.',
  permission: 'power_transfer:answer',
  input: TransferPowerInput,
})
export class TransferPowerOperation implements Operation<TransferPowerInput> {
  constructor(private readonly transfers: PowerTransfersService) {}

  async execute(actor: Actor, { powerTransferId }: TransferPowerInput): Promise<PowerTransferDto> {
    return PowerTransferDto.of(await this.transfers.accept(actor, powerTransferId));
  }
}
