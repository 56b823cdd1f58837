import {
  AnyJsonField,
  EnumField,
  IntegerField,
  JsonObjectField,
  ListField,
  ObjectField,
  TextField,
  TimestampField,
  UuidField,
} from '../../../common/contracts/fields.js';
import type { DefinitionDiff } from '../definitions/definition-diff.js';
import { WorkflowEdgeDto, WorkflowNodeDto, WorkflowSettingsDto } from '../definitions/definition.dto.js';
import { type Trigger, TRIGGERS } from '../triggers/trigger.types.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { WorkflowVersion } from '../workflows.types.js';

export class WorkflowVersionSummaryDto {
  @IntegerField() number!: number;
  @UuidField({ nullable: true }) createdBy!: string | null;
  @TimestampField() createdAt!: string;

  static of({ number, createdBy, createdAt }: Omit<WorkflowVersion, 'definition'>): WorkflowVersionSummaryDto {
    return { number, createdBy, createdAt: createdAt.toISOString() };
  }
}

export class WorkflowDefinitionDto {
  @TextField() name!: string;
  @TextField({ nullable: true }) description!: string | null;
  @EnumField(TRIGGERS) trigger!: Trigger;
  @JsonObjectField() triggerConfig!: JsonObject;
  @ListField(WorkflowNodeDto) nodes!: WorkflowNodeDto[];
  @ListField(WorkflowEdgeDto) edges!: WorkflowEdgeDto[];
  @ObjectField(WorkflowSettingsDto) settings!: WorkflowSettingsDto;
}

export class WorkflowVersionDto extends WorkflowVersionSummaryDto {
  @ObjectField(WorkflowDefinitionDto) definition!: WorkflowDefinitionDto;

  static override of(version: WorkflowVersion): WorkflowVersionDto {
    const { name, description = null, trigger, triggerConfig, nodes, edges, settings } = version.definition;
    const definition = { name, description, trigger, triggerConfig, nodes, edges, settings };
    return Object.assign(WorkflowVersionSummaryDto.of(version), { definition });
  }
}

class FieldDiffDto {
  @EnumField(['name', 'description', 'trigger', 'triggerConfig', 'settings']) field!: string;
  @AnyJsonField() from!: unknown;
  @AnyJsonField() to!: unknown;
}

class ChangedNodeDto {
  @TextField() id!: string;
  @ObjectField(WorkflowNodeDto) from!: WorkflowNodeDto;
  @ObjectField(WorkflowNodeDto) to!: WorkflowNodeDto;
}

class NodesDiffDto {
  @ListField(WorkflowNodeDto) added!: WorkflowNodeDto[];
  @ListField(WorkflowNodeDto) removed!: WorkflowNodeDto[];
  @ListField(ChangedNodeDto) changed!: ChangedNodeDto[];
}

class ChangedEdgeDto {
  @TextField() id!: string;
  @ObjectField(WorkflowEdgeDto) from!: WorkflowEdgeDto;
  @ObjectField(WorkflowEdgeDto) to!: WorkflowEdgeDto;
}

class EdgesDiffDto {
  @ListField(WorkflowEdgeDto) added!: WorkflowEdgeDto[];
  @ListField(WorkflowEdgeDto) removed!: WorkflowEdgeDto[];
  @ListField(ChangedEdgeDto) changed!: ChangedEdgeDto[];
}

export class DefinitionDiffDto {
  @ListField(FieldDiffDto, { description: 'The fields that differ, other than nodes and edges.' })
  fields!: FieldDiffDto[];
  @ObjectField(NodesDiffDto) nodes!: NodesDiffDto;
  @ObjectField(EdgesDiffDto) edges!: EdgesDiffDto;

  static of({ fields, nodes, edges }: DefinitionDiff): DefinitionDiffDto {
    return { fields, nodes, edges };
  }
}
