import { EnumField, TimestampField, UuidField } from '../../../common/contracts/fields.js';
import { PageQuery } from '../../../common/contracts/page.js';
import { POWER_TRANSFER_STATUSES, type PowerTransfer, type PowerTransferStatus } from './power-transfers.types.js';

export class ListPowerTransfersQuery extends PageQuery {
  @EnumField(POWER_TRANSFER_STATUSES, { optional: true }) status?: PowerTransferStatus;
}

export class CreatePowerTransferDto {
  @UuidField({ description: 'The id of the user who is to become the owner.' }) toUserId!: string;
}

export class PowerTransferDto {
  @UuidField() id!: string;
  @UuidField() fromUserId!: string;
  @UuidField() toUserId!: string;
  @EnumField(POWER_TRANSFER_STATUSES) status!: PowerTransferStatus;
  @TimestampField() createdAt!: string;
  @TimestampField() expiresAt!: string;
  @TimestampField({ nullable: true }) resolvedAt!: string | null;

  static of(transfer: PowerTransfer): PowerTransferDto {
    return {
      id: transfer.id,
      fromUserId: transfer.fromUserId,
      toUserId: transfer.toUserId,
      status: transfer.status,
      createdAt: transfer.createdAt.toISOString(),
      expiresAt: transfer.expiresAt.toISOString(),
      resolvedAt: transfer.resolvedAt?.toISOString() ?? null,
    };
  }
}
