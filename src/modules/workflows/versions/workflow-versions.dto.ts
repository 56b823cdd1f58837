import { ApiProperty } from '@nestjs/swagger';
import { ANY_JSON } from '../../../common/json/json-object.js';
import { ApiFreeJson } from '../../../common/json/api-free-json.js';
import type { DefinitionDiff } from '../definitions/definition-diff.js';
import { WorkflowEdgeDto, WorkflowNodeDto, WorkflowSettingsDto } from '../definitions/definition.dto.js';
import { type Trigger, TRIGGERS } from '../triggers/trigger.types.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { WorkflowVersion } from '../workflows.types.js';

export class WorkflowVersionSummaryDto {
  @ApiProperty({ type: 'integer' }) number!: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;

  static of({ number, createdBy, createdAt }: Omit<WorkflowVersion, 'definition'>): WorkflowVersionSummaryDto {
    return { number, createdBy, createdAt: createdAt.toISOString() };
  }
}

export class WorkflowDefinitionDto {
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty({ enum: TRIGGERS }) trigger!: Trigger;
  @ApiFreeJson() triggerConfig!: JsonObject;
  @ApiProperty({ type: [WorkflowNodeDto] }) nodes!: WorkflowNodeDto[];
  @ApiProperty({ type: [WorkflowEdgeDto] }) edges!: WorkflowEdgeDto[];
  @ApiProperty({ type: WorkflowSettingsDto }) settings!: WorkflowSettingsDto;
}

export class WorkflowVersionDto extends WorkflowVersionSummaryDto {
  @ApiProperty({ type: WorkflowDefinitionDto }) definition!: WorkflowDefinitionDto;

  static override of(version: WorkflowVersion): WorkflowVersionDto {
    const { name, description = null, trigger, triggerConfig, nodes, edges, settings } = version.definition;
    const definition = { name, description, trigger, triggerConfig, nodes, edges, settings };
    return Object.assign(WorkflowVersionSummaryDto.of(version), { definition });
  }
}

class FieldDiffDto {
  @ApiProperty({ enum: ['name', 'description', 'trigger', 'triggerConfig', 'settings'] }) field!: string;
  @ApiProperty(ANY_JSON) from!: unknown;
  @ApiProperty(ANY_JSON) to!: unknown;
}

class ChangedNodeDto {
  @ApiProperty() id!: string;
  @ApiProperty({ type: WorkflowNodeDto }) from!: WorkflowNodeDto;
  @ApiProperty({ type: WorkflowNodeDto }) to!: WorkflowNodeDto;
}

class NodesDiffDto {
  @ApiProperty({ type: [WorkflowNodeDto] }) added!: WorkflowNodeDto[];
  @ApiProperty({ type: [WorkflowNodeDto] }) removed!: WorkflowNodeDto[];
  @ApiProperty({ type: [ChangedNodeDto] }) changed!: ChangedNodeDto[];
}

class ChangedEdgeDto {
  @ApiProperty() id!: string;
  @ApiProperty({ type: WorkflowEdgeDto }) from!: WorkflowEdgeDto;
  @ApiProperty({ type: WorkflowEdgeDto }) to!: WorkflowEdgeDto;
}

class EdgesDiffDto {
  @ApiProperty({ type: [WorkflowEdgeDto] }) added!: WorkflowEdgeDto[];
  @ApiProperty({ type: [WorkflowEdgeDto] }) removed!: WorkflowEdgeDto[];
  @ApiProperty({ type: [ChangedEdgeDto] }) changed!: ChangedEdgeDto[];
}

export class DefinitionDiffDto {
  @ApiProperty({ type: [FieldDiffDto], description: 'The fields that differ, other than nodes and edges.' })
  fields!: FieldDiffDto[];
  @ApiProperty({ type: NodesDiffDto }) nodes!: NodesDiffDto;
  @ApiProperty({ type: EdgesDiffDto }) edges!: EdgesDiffDto;

  static of({ fields, nodes, edges }: DefinitionDiff): DefinitionDiffDto {
    return { fields, nodes, edges };
  }
}
