import { IsNotEmpty, IsString, NotEquals } from 'class-validator';
import {
  EnumField,
  IntegerField,
  JsonObjectField,
  NumberField,
  ObjectField,
  PatternField,
  ruledField,
  TextField,
} from '../../../common/contracts/fields.js';
import { HasMaxLength } from '../../../common/contracts/input-rules.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { NODE_TYPES, type WorkflowEdge, type WorkflowNode, type WorkflowSettings } from './definition.types.js';

const ID = /^[A-Za-z0-9_-]{1,100}$/;
const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

export class RetryPolicyDto {
  @IntegerField({
    min: 1,
    max: 20,
    description: 'The total number of attempts; 1 means that the step is not retried.',
  })
  maxAttempts!: number;

  @IntegerField({ min: 0, max: HOUR_MS, optional: true, default: 1000 }) delayMs?: number;
  @NumberField({ min: 1, max: 10, optional: true, default: 2 }) backoffMultiplier?: number;
  @IntegerField({ min: 0, max: HOUR_MS, optional: true, default: 0 }) jitterMs?: number;
}

export class PositionDto {
  @NumberField() x!: number;
  @NumberField() y!: number;
}

export class WorkflowNodeDto {
  /** These ids are used as keys of objects; `__proto__` is the one name whose value would be lost. */
  @NotEquals('__proto__') @PatternField(ID, { example: 'check' }) id!: string;

  @ruledField(
    { enum: NODE_TYPES },
    {
      example: 'condition',
      description: 'The type of the node. Drafts may have unknown types, which validation reports.',
    },
    IsString(),
    IsNotEmpty(),
    HasMaxLength(100),
  )
  type!: string;

  @TextField({ max: 255, optional: true, example: 'Is it urgent?' }) label?: string;

  @JsonObjectField({
    optional: true,
    example: { condition: 'input.priority > 3' },
    description:
      'The configuration, by type. condition: {condition} in CEL; transform: {transform} in JSONata; lua: {code | scriptId, input?, timeoutMs?, memoryLimitBytes?}; action: {action, …}.',
  })
  config?: JsonObject;

  @ObjectField(RetryPolicyDto, { optional: true }) retry?: RetryPolicyDto;

  @IntegerField({
    min: 100,
    max: HOUR_MS,
    optional: true,
    description: 'The time limit of one attempt in milliseconds.',
  })
  timeoutMs?: number;

  @EnumField(['fail', 'continue'], { optional: true, default: 'fail' }) onError?: 'fail' | 'continue';
  @ObjectField(PositionDto, { optional: true }) position?: PositionDto;

  static toNode({ retry, config = {}, ...node }: WorkflowNodeDto): WorkflowNode {
    const { position } = node;
    return present({
      ...node,
      config,
      position: position && { x: position.x, y: position.y },
      retry: retry && {
        maxAttempts: retry.maxAttempts,
        delayMs: retry.delayMs ?? 1000,
        backoffMultiplier: retry.backoffMultiplier ?? 2,
        jitterMs: retry.jitterMs ?? 0,
      },
    });
  }
}

export class WorkflowEdgeDto {
  @PatternField(ID, {
    optional: true,
    example: 'check-yes',
    description: 'The id of the edge, assigned when it is absent.',
  })
  id?: string;

  @PatternField(ID, { example: 'check', description: 'The id of a node.' }) source!: string;
  @PatternField(ID, { example: 'notify', description: 'The id of a node.' }) target!: string;

  @TextField({
    max: 100,
    optional: true,
    example: 'true',
    description:
      'The branch that the edge belongs to: `true` or `false` of a condition, or `error` of a node with onError `continue`.',
  })
  label?: string | null;

  static toEdges(edges: WorkflowEdgeDto[]): WorkflowEdge[] {
    const taken = new Set(edges.map(({ id }) => id));
    let counter = 0;
    const nextId = (): string => {
      do counter += 1;
      while (taken.has(`edge_${counter}`));
      return `edge_${counter}`;
    };
    return edges.map(({ id, source, target, label }) =>
      present({ id: id ?? nextId(), source, target, label: label ?? undefined }),
    );
  }
}

export class WorkflowSettingsDto {
  @IntegerField({
    min: 1,
    max: 1000,
    optional: true,
    description: 'The number of runs that may be executed at the same time.',
  })
  maxConcurrentRuns?: number;

  @IntegerField({
    min: 1000,
    max: MONTH_MS,
    optional: true,
    description: 'The time limit of a run in milliseconds, including all waiting.',
  })
  timeoutMs?: number;

  static toSettings({ maxConcurrentRuns, timeoutMs }: WorkflowSettingsDto): WorkflowSettings {
    return present({ maxConcurrentRuns, timeoutMs });
  }
}

/** Removes keys whose value is undefined, so that a stored definition equals the one read back. */
function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
