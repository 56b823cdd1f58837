import { BooleanField, TextField, TextListField, TimestampField, UuidField } from '../../../common/contracts/fields.js';
import { PageQuery } from '../../../common/contracts/page.js';
import { ToBoolean } from '../../../common/contracts/query-values.js';
import { timeOf } from '../runs.dto.js';
import type { WaitingApproval } from './waiting-approvals.repository.js';

export class ListApprovalsQuery extends PageQuery {
  @ToBoolean()
  @BooleanField({
    optional: true,
    default: false,
    description: 'Whether all waiting steps are returned. Only managers and higher roles may set this.',
  })
  all: boolean = false;
}

export class WaitingApprovalDto {
  @UuidField() runId!: string;
  @TextField({ description: 'The id of the node whose step waits.' }) nodeId!: string;
  @UuidField() workflowId!: string;
  @TextField() workflowName!: string;
  @TextField({ nullable: true, description: 'The question to be decided.' }) message!: string | null;
  @TextListField({ description: 'The users who may decide. An empty list means everyone who may run the workflow.' })
  approvers!: string[];
  @UuidField({ nullable: true, description: 'The id of the user with whose permissions the run acts.' })
  ownerId!: string | null;
  @UuidField({ nullable: true }) triggeredBy!: string | null;
  @TimestampField({ nullable: true }) waitingSince!: string | null;
  @TimestampField({ nullable: true }) deadlineAt!: string | null;

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
