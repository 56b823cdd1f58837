import {
  Allow as AnyValue,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import { HasMaxLength, IsOneLine, LowerCased, MayBeAbsent } from '../../common/contracts/input-rules.js';
import { PageQuery, SortParameter } from '../../common/contracts/page.js';
import { ToBoolean } from '../../common/contracts/query-values.js';
import { ANY_JSON, IsFreeJsonObject, type JsonObject, type JsonValue } from '../../common/json/json-object.js';
import { WorkflowEdgeDto, WorkflowNodeDto, WorkflowSettingsDto } from './definitions/definition.dto.js';
import { type Trigger, TRIGGERS } from './triggers/trigger.types.js';
import { MAX_DRAFT, type WorkflowDefinition } from './definitions/definition.types.js';
import { type DefinitionChanges, WORKFLOW_SORTS, WORKFLOW_STATUSES, type WorkflowStatus } from './workflows.types.js';

export class ListWorkflowsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Returns only entries whose name or description contains all these words.' })
  @IsOptional()
  @IsString()
  @HasMaxLength(100)
  search?: string;

  @ApiPropertyOptional({ enum: WORKFLOW_STATUSES })
  @IsOptional()
  @IsIn(WORKFLOW_STATUSES)
  status?: WorkflowStatus;

  @ApiPropertyOptional({ enum: TRIGGERS })
  @IsOptional()
  @IsIn(TRIGGERS)
  trigger?: Trigger;

  @ApiPropertyOptional({ format: 'uuid', description: 'Returns only workflows of this owner.' })
  @IsOptional()
  @LowerCased()
  @IsUUID()
  userId?: string;

  @ApiPropertyOptional({ description: 'Whether the workflow waits for its new owner to activate it.' })
  @IsOptional()
  @ToBoolean()
  @IsBoolean()
  pendingHandover?: boolean;

  @SortParameter(WORKFLOW_SORTS)
  sort?: string;
}

const Nodes = (): PropertyDecorator => listOf(() => WorkflowNodeDto, MAX_DRAFT.nodes);
const Edges = (): PropertyDecorator => listOf(() => WorkflowEdgeDto, MAX_DRAFT.edges);

function listOf(item: () => new () => object, max: number): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: () => [item()], default: [] }),
    MayBeAbsent(),
    IsArray(),
    ArrayMaxSize(max),
    // Without it what is no object in the list would be passed on as it is.
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(item),
  );
}

const Settings = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: WorkflowSettingsDto, default: {} }),
    MayBeAbsent(),
    IsObject(),
    ValidateNested(),
    Type(() => WorkflowSettingsDto),
  );

const TriggerConfig = (): PropertyDecorator =>
  applyDecorators(
    ApiFreeJson({
      required: false,
      default: {},
      example: { cron: '0 6 * * 1', timeZone: 'Europe/Paris' },
      description:
        'The configuration, by trigger. schedule: {cron, timeZone?}; event: {name, filter?, from?}, where the filter is a CEL expression over `event`, and `from` is `anyone` or those who may run the workflow.',
    }),
    MayBeAbsent(),
    IsFreeJsonObject(),
  );

export class CreateWorkflowDto {
  @ApiProperty({ example: 'Escalate urgent tickets', description: 'The name, which is unique in the tenant.' })
  @IsOneLine(255)
  name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000 })
  @IsOptional()
  @IsString()
  @HasMaxLength(2000)
  description?: string | null;

  @ApiPropertyOptional({ enum: TRIGGERS, default: 'manual' })
  @MayBeAbsent()
  @IsIn(TRIGGERS)
  trigger?: Trigger;

  @TriggerConfig()
  triggerConfig?: JsonObject;

  @Nodes()
  nodes?: WorkflowNodeDto[];

  @Edges()
  edges?: WorkflowEdgeDto[];

  @Settings()
  settings?: WorkflowSettingsDto;

  @ApiPropertyOptional({
    ...ANY_JSON,
    description:
      'A workflow of another system, as JSON or as text, stored unchanged. Bodies with `steps` or `connections` are also accepted: they are converted, and the original is stored here.',
  })
  @AnyValue()
  config?: JsonValue;

  static toNewWorkflow(body: CreateWorkflowDto): { definition: WorkflowDefinition; config: JsonValue } {
    const definition = {
      name: body.name,
      ...(body.description != null && { description: body.description }),
      trigger: body.trigger ?? 'manual',
      triggerConfig: body.triggerConfig ?? {},
      nodes: (body.nodes ?? []).map(WorkflowNodeDto.toNode),
      edges: WorkflowEdgeDto.toEdges(body.edges ?? []),
      settings: WorkflowSettingsDto.toSettings(body.settings ?? {}),
    };
    return { definition, config: body.config ?? null };
  }
}

export class UpdateWorkflowDto {
  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsOneLine(255)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000 })
  @IsOptional()
  @IsString()
  @HasMaxLength(2000)
  description?: string | null;

  @ApiPropertyOptional({ enum: TRIGGERS })
  @MayBeAbsent()
  @IsIn(TRIGGERS)
  trigger?: Trigger;

  @TriggerConfig()
  triggerConfig?: JsonObject;

  @Nodes()
  nodes?: WorkflowNodeDto[];

  @Edges()
  edges?: WorkflowEdgeDto[];

  @Settings()
  settings?: WorkflowSettingsDto;

  /** Nodes, edges, settings and triggerConfig are replaced as a whole. */
  static toChanges({ nodes, edges, settings, ...rest }: UpdateWorkflowDto): DefinitionChanges {
    return {
      ...rest,
      nodes: nodes?.map(WorkflowNodeDto.toNode),
      edges: edges && WorkflowEdgeDto.toEdges(edges),
      settings: settings && WorkflowSettingsDto.toSettings(settings),
    };
  }
}
