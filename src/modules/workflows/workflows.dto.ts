import {
  AnyJsonField,
  BooleanField,
  EnumField,
  JsonObjectField,
  LineField,
  ListField,
  ObjectField,
  TextField,
  UuidField,
} from '../../common/contracts/fields.js';
import { PageQuery, SortParameter } from '../../common/contracts/page.js';
import { ToBoolean } from '../../common/contracts/query-values.js';
import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
import { WorkflowEdgeDto, WorkflowNodeDto, WorkflowSettingsDto } from './definitions/definition.dto.js';
import { type Trigger, TRIGGERS } from './triggers/trigger.types.js';
import { MAX_DRAFT, type WorkflowDefinition } from './definitions/definition.types.js';
import { type DefinitionChanges, WORKFLOW_SORTS, WORKFLOW_STATUSES, type WorkflowStatus } from './workflows.types.js';

export class ListWorkflowsQuery extends PageQuery {
  @TextField({
    max: 100,
    optional: true,
    description: 'Returns only entries whose name or description contains all these words.',
  })
  search?: string;

  @EnumField(WORKFLOW_STATUSES, { optional: true }) status?: WorkflowStatus;
  @EnumField(TRIGGERS, { optional: true }) trigger?: Trigger;
  @UuidField({ optional: true, description: 'Returns only workflows of this owner.' }) userId?: string;

  @ToBoolean()
  @BooleanField({ optional: true, description: 'Whether the workflow waits for its new owner to activate it.' })
  pendingHandover?: boolean;

  @SortParameter(WORKFLOW_SORTS)
  sort?: string;
}

const NodesField = (): PropertyDecorator =>
  ListField(WorkflowNodeDto, { max: MAX_DRAFT.nodes, optional: true, default: [] });
const EdgesField = (): PropertyDecorator =>
  ListField(WorkflowEdgeDto, { max: MAX_DRAFT.edges, optional: true, default: [] });
const SettingsField = (): PropertyDecorator => ObjectField(WorkflowSettingsDto, { optional: true, default: {} });
const TriggerConfigField = (): PropertyDecorator =>
  JsonObjectField({
    optional: true,
    default: {},
    example: { cron: '0 6 * * 1', timeZone: 'Europe/Paris' },
    description:
      'The configuration, by trigger. schedule: {cron, timeZone?}; event: {name, filter?, from?}, where the filter is a CEL expression over `event`, and `from` is `anyone` or those who may run the workflow.',
  });

export class CreateWorkflowDto {
  @LineField({ max: 255, example: 'Escalate urgent tickets', description: 'The name, which is unique in the tenant.' })
  name!: string;

  @TextField({ max: 2000, optional: true, nullable: true }) description?: string | null;
  @EnumField(TRIGGERS, { optional: true, default: 'manual' }) trigger?: Trigger;

  @TriggerConfigField() triggerConfig?: JsonObject;
  @NodesField() nodes?: WorkflowNodeDto[];
  @EdgesField() edges?: WorkflowEdgeDto[];
  @SettingsField() settings?: WorkflowSettingsDto;

  @AnyJsonField({
    optional: true,
    description:
      'A workflow of another system, as JSON or as text, stored unchanged. Bodies with `steps` or `connections` are also accepted: they are converted, and the original is stored here.',
  })
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
  @LineField({ max: 255, optional: true }) name?: string;
  @TextField({ max: 2000, optional: true, nullable: true }) description?: string | null;
  @EnumField(TRIGGERS, { optional: true }) trigger?: Trigger;

  @TriggerConfigField() triggerConfig?: JsonObject;
  @NodesField() nodes?: WorkflowNodeDto[];
  @EdgesField() edges?: WorkflowEdgeDto[];
  @SettingsField() settings?: WorkflowSettingsDto;

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
