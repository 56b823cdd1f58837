import { OmitType } from '@nestjs/swagger';
import {
  AnyJsonField,
  BooleanField,
  EnumField,
  IntegerField,
  JsonObjectField,
  ListField,
  ObjectField,
  TextField,
  TimestampField,
  UuidField,
} from '../../common/contracts/fields.js';
import { OmittedField } from '../../common/http/omitted.js';
import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
import { WorkflowEdgeDto, WorkflowNodeDto, WorkflowSettingsDto } from './definitions/definition.dto.js';
import { type Trigger, TRIGGERS } from './triggers/trigger.types.js';
import {
  type CreatedWorkflow,
  isPendingHandover,
  type ListedWorkflow,
  type Workflow,
  WORKFLOW_STATUSES,
  type WorkflowStatus,
  type WorkflowSummary,
} from './workflows.types.js';

export class PendingHandoverDto {
  @UuidField({ nullable: true, description: 'The id of the previous owner.' }) fromUserId!: string | null;
  @TimestampField() at!: string;

  static of(workflow: WorkflowSummary): PendingHandoverDto | null {
    const { handedOverFrom: fromUserId, handedOverAt } = workflow;
    return isPendingHandover(workflow) && handedOverAt ? { fromUserId, at: handedOverAt.toISOString() } : null;
  }
}

export class WorkflowSummaryDto {
  @UuidField() id!: string;
  @TextField() name!: string;
  @TextField({ nullable: true }) description!: string | null;
  @UuidField({ description: 'The id of the owner. Runs act with the permissions of the owner.' }) userId!: string;
  @UuidField({ nullable: true }) createdBy!: string | null;
  @EnumField(TRIGGERS) trigger!: Trigger;
  @JsonObjectField() triggerConfig!: JsonObject;
  @ObjectField(WorkflowSettingsDto) settings!: WorkflowSettingsDto;
  @EnumField(WORKFLOW_STATUSES) status!: WorkflowStatus;
  @BooleanField({ description: 'Whether the status is active.' }) enabled!: boolean;
  @IntegerField({ description: 'The number of the newest version of the definition.' }) definitionVersion!: number;
  @TextField({ nullable: true }) packageId!: string | null;
  @ObjectField(PendingHandoverDto, {
    nullable: true,
    description:
      'Set while the workflow waits for its new owner to activate it, because the previous owner had fewer permissions.',
  })
  pendingHandover!: PendingHandoverDto | null;
  @TimestampField({ nullable: true, description: 'The time of the next run of an active schedule.' })
  nextRunAt!: string | null;
  @IntegerField() version!: number;
  @TimestampField() createdAt!: string;
  @TimestampField() updatedAt!: string;

  static of(workflow: WorkflowSummary): WorkflowSummaryDto {
    return {
      id: workflow.id,
      name: workflow.name,
      description: workflow.description,
      userId: workflow.userId,
      createdBy: workflow.createdBy,
      trigger: workflow.trigger,
      triggerConfig: workflow.triggerConfig,
      settings: workflow.settings,
      status: workflow.status,
      enabled: workflow.status === 'active',
      definitionVersion: workflow.definitionVersion,
      packageId: workflow.packageId,
      pendingHandover: PendingHandoverDto.of(workflow),
      nextRunAt: workflow.nextRunAt?.toISOString() ?? null,
      version: workflow.version,
      createdAt: workflow.createdAt.toISOString(),
      updatedAt: workflow.updatedAt.toISOString(),
    };
  }
}

export class ListedWorkflowDto extends OmitType(WorkflowSummaryDto, ['triggerConfig', 'settings'] as const) {
  @JsonObjectField({ nullable: true, description: 'The value is null when it is larger than 16 KiB.' })
  triggerConfig!: JsonObject | null;
  @ObjectField(WorkflowSettingsDto, { nullable: true }) settings!: WorkflowSettingsDto | null;
  @OmittedField() omitted?: string[];

  static of({ omitted, ...workflow }: ListedWorkflow): ListedWorkflowDto {
    return Object.assign(WorkflowSummaryDto.of(workflow as WorkflowSummary), omitted && { omitted });
  }
}

export class WorkflowDto extends WorkflowSummaryDto {
  @ListField(WorkflowNodeDto) nodes!: WorkflowNodeDto[];
  @ListField(WorkflowEdgeDto) edges!: WorkflowEdgeDto[];
  @AnyJsonField({ description: 'The imported workflow, unchanged.' }) config!: JsonValue;

  static override of(workflow: Workflow): WorkflowDto {
    const { nodes, edges, config } = workflow;
    return Object.assign(WorkflowSummaryDto.of(workflow), { nodes, edges, config });
  }
}

export class CreatedWorkflowDto extends WorkflowDto {
  @TextField({ nullable: true, description: 'The token of the webhook. It is shown only in this response.' })
  hookToken!: string | null;
  @TextField({
    nullable: true,
    description: 'The path that starts the workflow by POST. It is shown only in this response.',
  })
  hookUrl!: string | null;

  static ofCreated({ workflow, address }: CreatedWorkflow): CreatedWorkflowDto {
    return Object.assign(WorkflowDto.of(workflow), {
      hookToken: address?.token ?? null,
      hookUrl: address?.url ?? null,
    });
  }
}

export class DefinitionProblemDto {
  @TextField({
    example: '/nodes/3/config/condition',
    description: 'The place of the problem, as a JSON Pointer into the workflow.',
  })
  pointer!: string;
  @TextField({ example: 'expression_syntax' }) code!: string;
  @TextField() detail!: string;
}

export class ValidationDto {
  @BooleanField() valid!: boolean;
  @ListField(DefinitionProblemDto) problems!: DefinitionProblemDto[];

  static of(problems: DefinitionProblemDto[]): ValidationDto {
    return { valid: problems.length === 0, problems };
  }
}
