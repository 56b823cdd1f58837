import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { LowerCased } from '../../../common/contracts/input-rules.js';
import { PageQuery } from '../../../common/contracts/page.js';
import { POWER_TRANSFER_STATUSES, type PowerTransfer, type PowerTransferStatus } from './power-transfers.types.js';

export class ListPowerTransfersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: POWER_TRANSFER_STATUSES })
  @IsOptional()
  @IsIn(POWER_TRANSFER_STATUSES)
  status?: PowerTransferStatus;
}

export class CreatePowerTransferDto {
  @ApiProperty({ format: 'uuid', description: 'The id of the user who is to become the owner.' })
  @LowerCased()
  @IsUUID()
  toUserId!: string;
}

export class PowerTransferDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) fromUserId!: string;
  @ApiProperty({ format: 'uuid' }) toUserId!: string;
  @ApiProperty({ enum: POWER_TRANSFER_STATUSES }) status!: PowerTransferStatus;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) resolvedAt!: string | null;

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
