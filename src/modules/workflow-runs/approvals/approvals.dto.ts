import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { PageQuery } from '../../../common/contracts/page.js';
import { ToBoolean } from '../../../common/contracts/query-values.js';
import { timeOf } from '../runs.dto.js';
import type { WaitingApproval } from './waiting-approvals.repository.js';

export class ListApprovalsQuery extends PageQuery {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Whether steps that wait for anyone are returned, too. Only managers and above may ask for them.',
  })
  @IsOptional()
  @ToBoolean()
  @IsBoolean()
  all: boolean = false;
}

export class WaitingApprovalDto {
  @ApiProperty({ format: 'uuid' }) runId!: string;
  @ApiProperty({ description: 'The id of the node whose step waits.' }) nodeId!: string;
  @ApiProperty({ format: 'uuid' }) workflowId!: string;
  @ApiProperty() workflowName!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The question to be decided.' }) message!: string | null;
  @ApiProperty({
    type: [String],
    description: 'The users who may decide. An empty list means everyone who may run the workflow.',
  })
  approvers!: string[];
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The id of the user with whose rights the run acts.',
  })
  ownerId!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) triggeredBy!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) waitingSince!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deadlineAt!: string | null;

  static of(approval: WaitingApproval): WaitingApprovalDto {
    return {
      runId: approval.runId,
      nodeId: approval.nodeId,
      workflowId: approval.workflowId,
      workflowName: approval.workflowName,
      message: approval.message,
      approvers: approval.approvers,
      ownerId: approval.ownerId,
      triggeredBy: approval.triggeredBy,
      waitingSince: timeOf(approval.waitingSince),
      deadlineAt: timeOf(approval.deadlineAt),
    };
  }
}
