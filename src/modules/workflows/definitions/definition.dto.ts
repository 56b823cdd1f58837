import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateNested,
} from 'class-validator';
import { ApiFreeJson } from '../../../common/json/api-free-json.js';
import { HasMaxLength, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import { IsFreeJsonObject, type JsonObject } from '../../../common/json/json-object.js';
import { NODE_TYPES, type WorkflowEdge, type WorkflowNode, type WorkflowSettings } from './definition.types.js';

const ID = /^[A-Za-z0-9_-]{1,100}$/;
const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

export class RetryPolicyDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: 20,
    description: 'The number of attempts in all; 1 means that the step is not retried.',
  })
  @IsInt()
  @Min(1)
  @Max(20)
  maxAttempts!: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: HOUR_MS, default: 1000 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(HOUR_MS)
  delayMs?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 10, default: 2 })
  @MayBeAbsent()
  @IsNumber()
  @Min(1)
  @Max(10)
  backoffMultiplier?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: HOUR_MS, default: 0 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(HOUR_MS)
  jitterMs?: number;
}

export class PositionDto {
  @ApiProperty()
  @IsNumber()
  x!: number;

  @ApiProperty()
  @IsNumber()
  y!: number;
}

export class WorkflowNodeDto {
  /** Outputs are kept in objects by these ids: the one name that is none there would lose its output. */
  @ApiProperty({ example: 'check', pattern: ID.source })
  @Matches(ID)
  @NotEquals('__proto__')
  id!: string;

  @ApiProperty({
    enum: NODE_TYPES,
    example: 'condition',
    description: 'The type of the node. Drafts may have unknown types, which validation reports.',
  })
  @IsString()
  @IsNotEmpty()
  @HasMaxLength(100)
  type!: string;

  @ApiPropertyOptional({ type: String, example: 'Is it urgent?', maxLength: 255 })
  @MayBeAbsent()
  @IsString()
  @HasMaxLength(255)
  label?: string;

  @ApiFreeJson({
    required: false,
    example: { condition: 'input.priority > 3' },
    description:
      'The configuration, by type. condition: {condition} in CEL; transform: {transform} in JSONata; lua: {code | scriptId, input?, timeoutMs?, memoryLimitBytes?}; action: {action, …}.',
  })
  @MayBeAbsent()
  @IsFreeJsonObject()
  config?: JsonObject;

  @ApiPropertyOptional({ type: RetryPolicyDto })
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryPolicyDto)
  retry?: RetryPolicyDto;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 100,
    maximum: HOUR_MS,
    description: 'The time limit of one attempt in milliseconds.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(100)
  @Max(HOUR_MS)
  timeoutMs?: number;

  @ApiPropertyOptional({ enum: ['fail', 'continue'], default: 'fail' })
  @MayBeAbsent()
  @IsIn(['fail', 'continue'])
  onError?: 'fail' | 'continue';

  @ApiPropertyOptional({ type: PositionDto })
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => PositionDto)
  position?: PositionDto;

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
  @ApiPropertyOptional({
    example: 'check-yes',
    pattern: ID.source,
    description: 'The id of the edge, assigned when it is absent.',
  })
  @MayBeAbsent()
  @Matches(ID)
  id?: string;

  @ApiProperty({ example: 'check', description: 'The id of a node.' })
  @Matches(ID)
  source!: string;

  @ApiProperty({ example: 'notify', description: 'The id of a node.' })
  @Matches(ID)
  target!: string;

  @ApiPropertyOptional({
    type: String,
    example: 'true',
    description:
      'The branch that the edge belongs to: `true` or `false` of a condition, or `error` of a node with onError `continue`.',
  })
  @IsOptional()
  @IsString()
  @HasMaxLength(100)
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
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    description: 'The number of runs that may be executed at the same time.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(1000)
  maxConcurrentRuns?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1000,
    maximum: MONTH_MS,
    description: 'The time limit of a run in milliseconds, including all waiting.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1000)
  @Max(MONTH_MS)
  timeoutMs?: number;

  static toSettings({ maxConcurrentRuns, timeoutMs }: WorkflowSettingsDto): WorkflowSettings {
    return present({ maxConcurrentRuns, timeoutMs });
  }
}

/** Without keys that are undefined: what is stored and what is read back must be equal. */
function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
