import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import { ApiOmitted } from '../../common/http/omitted.js';
import { ANY_JSON, type JsonObject, type JsonValue } from '../../common/json/json-object.js';
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
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The id of the previous owner.' })
  fromUserId!: string | null;
  @ApiProperty({ format: 'date-time' }) at!: string;

  static of(workflow: WorkflowSummary): PendingHandoverDto | null {
    const { handedOverFrom: fromUserId, handedOverAt } = workflow;
    return isPendingHandover(workflow) && handedOverAt ? { fromUserId, at: handedOverAt.toISOString() } : null;
  }
}

export class WorkflowSummaryDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty({ format: 'uuid', description: 'The id of the owner. Runs act with the rights of the owner.' })
  userId!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
  @ApiProperty({ enum: TRIGGERS }) trigger!: Trigger;
  @ApiFreeJson() triggerConfig!: JsonObject;
  @ApiProperty({ type: WorkflowSettingsDto }) settings!: WorkflowSettingsDto;
  @ApiProperty({ enum: WORKFLOW_STATUSES }) status!: WorkflowStatus;
  @ApiProperty({ description: 'Whether the status is active.' }) enabled!: boolean;
  @ApiProperty({ type: 'integer', description: 'The number of the newest version of the definition.' })
  definitionVersion!: number;
  @ApiProperty({ type: String, nullable: true }) packageId!: string | null;
  @ApiProperty({
    type: PendingHandoverDto,
    nullable: true,
    description:
      'Set while the workflow waits for its new owner to activate it, because the previous owner had fewer rights.',
  })
  pendingHandover!: PendingHandoverDto | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The time of the next run of an active schedule.',
  })
  nextRunAt!: string | null;
  @ApiProperty({ type: 'integer' }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;

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
  @ApiFreeJson({ nullable: true, description: 'The value is null when it is larger than 16 KiB.' })
  triggerConfig!: JsonObject | null;
  @ApiProperty({ type: WorkflowSettingsDto, nullable: true }) settings!: WorkflowSettingsDto | null;
  @ApiOmitted() omitted?: string[];

  static of({ omitted, ...workflow }: ListedWorkflow): ListedWorkflowDto {
    return Object.assign(WorkflowSummaryDto.of(workflow as WorkflowSummary), omitted && { omitted });
  }
}

export class WorkflowDto extends WorkflowSummaryDto {
  @ApiProperty({ type: [WorkflowNodeDto] }) nodes!: WorkflowNodeDto[];
  @ApiProperty({ type: [WorkflowEdgeDto] }) edges!: WorkflowEdgeDto[];
  @ApiProperty({ ...ANY_JSON, description: 'The imported workflow, unchanged.' })
  config!: JsonValue;

  static override of(workflow: Workflow): WorkflowDto {
    const { nodes, edges, config } = workflow;
    return Object.assign(WorkflowSummaryDto.of(workflow), { nodes, edges, config });
  }
}

export class CreatedWorkflowDto extends WorkflowDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The token of the webhook. It is shown in this answer only.',
  })
  hookToken!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The path that starts the workflow by POST. It is shown in this answer only.',
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
  @ApiProperty({
    example: '/nodes/3/config/condition',
    description: 'The place of the problem, as a JSON Pointer into the workflow.',
  })
  pointer!: string;
  @ApiProperty({ example: 'expression_syntax' }) code!: string;
  @ApiProperty() detail!: string;
}

export class ValidationDto {
  @ApiProperty() valid!: boolean;
  @ApiProperty({ type: [DefinitionProblemDto] }) problems!: DefinitionProblemDto[];

  static of(problems: DefinitionProblemDto[]): ValidationDto {
    return { valid: problems.length === 0, problems };
  }
}
