import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { PageQuery } from '../../../../common/contracts/page.js';
import { ToBoolean } from '../../../../common/contracts/query-values.js';
import { timeOf } from '../runs.dto.js';
import type { WaitingApproval } from './waiting-approvals.repository.js';

export class ListApprovalsQuery extends PageQuery {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'What waits for anybody: for managers and above.',
  })
  @IsOptional()
  @ToBoolean()
  @IsBoolean()
  all: boolean = false;
}

export class WaitingApprovalDto {
  @ApiProperty({ format: 'uuid' }) runId!: string;
  @ApiProperty({ description: 'The step that waits.' }) nodeId!: string;
  @ApiProperty({ format: 'uuid' }) workflowId!: string;
  @ApiProperty() workflowName!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What is to be decided.' }) message!: string | null;
  @ApiProperty({ type: [String], description: 'Who may decide; empty: whoever may run the workflow.' })
  approvers!: string[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Whose rights the run has.' })
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
