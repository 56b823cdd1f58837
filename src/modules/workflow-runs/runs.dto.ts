import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow as AnyValue, IsOptional, IsString } from 'class-validator';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import { type Role, ROLES } from '../../common/identity/roles.js';
import { HasMaxLength } from '../../common/contracts/input-rules.js';
import { ANY_JSON, type JsonObject, type JsonValue } from '../../common/json/json-object.js';
import { type Trigger, TRIGGERS } from '../workflows/triggers/trigger.types.js';
import {
  type Decision,
  type Run,
  RUN_STATUSES,
  type RunError,
  type RunStatus,
  type RunSummary,
  type RunStep,
  STEP_STATUSES,
  type StepStatus,
} from './runs.types.js';

export class StartRunDto {
  @ApiPropertyOptional({
    ...ANY_JSON,
    description:
      'The input of the run, which may be any JSON. Every step sees it as `trigger`, and the first steps see it as `input`.',
    default: {},
    example: { ticket: 4711 },
  })
  @AnyValue()
  input?: JsonValue;
}

export class DecideStepDto {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000 })
  @IsOptional()
  @IsString()
  @HasMaxLength(2000)
  comment?: string | null;
}

const OPTIONAL_TIME = { type: String, format: 'date-time', nullable: true } as const;

export class RunErrorDto {
  @ApiProperty({ example: 'http.status' }) code!: string;
  @ApiProperty() message!: string;
  @ApiPropertyOptional({ description: 'The id of the node whose step made the run fail.' }) nodeId?: string;
  @ApiPropertyOptional({ type: 'integer', description: 'The line of the script, counted from 1.' }) line?: number;
  @ApiPropertyOptional({ type: 'integer', description: 'The column in the line, counted from 1.' }) column?: number;
  @ApiPropertyOptional(ANY_JSON) details?: JsonValue;
}

const Omitted = (): PropertyDecorator =>
  ApiPropertyOptional({ type: [String], description: 'The names of values that are too large to be included.' });

export class RunSummaryDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) workflowId!: string;
  @ApiProperty({ type: 'integer', description: 'The version of the definition that the run executes.' })
  workflowVersion!: number;
  @ApiProperty({ enum: RUN_STATUSES }) status!: RunStatus;
  @ApiProperty({ enum: TRIGGERS }) trigger!: Trigger;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) triggeredBy!: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The id of the user with whose rights the steps act.',
  })
  ownerId!: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'For a run that an event started: the id of the first event in the chain, or of the run that emitted it.',
  })
  rootEventId!: string | null;
  @ApiProperty({
    enum: ROLES,
    nullable: true,
    description: 'For a run that was handed over: the highest role that its steps act with.',
  })
  roleLimit!: Role | null;
  @ApiProperty({ type: RunErrorDto, nullable: true }) error!: RunError | null;
  @ApiProperty({ type: 'integer', description: 'The number of the attempt, which grows when the run is retried.' })
  attempt!: number;
  @ApiProperty(OPTIONAL_TIME) cancelRequestedAt!: string | null;
  @ApiProperty(OPTIONAL_TIME) startedAt!: string | null;
  @ApiProperty(OPTIONAL_TIME) finishedAt!: string | null;
  @ApiProperty({ ...OPTIONAL_TIME, description: 'The time at which the run fails if it has not ended.' }) deadlineAt!:
    string | null;
  @ApiProperty({ ...OPTIONAL_TIME, description: 'The time at which a waiting run continues by itself.' })
  wakeAt!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @Omitted() omitted?: string[];

  static of(run: RunSummary): RunSummaryDto {
    return {
      id: run.id,
      workflowId: run.workflowId,
      workflowVersion: run.workflowVersion,
      status: run.status,
      trigger: run.trigger,
      triggeredBy: run.triggeredBy,
      ownerId: run.ownerId,
      rootEventId: run.rootEventId,
      roleLimit: run.roleLimit,
      error: run.error,
      attempt: run.attempt,
      cancelRequestedAt: timeOf(run.cancelRequestedAt),
      startedAt: timeOf(run.startedAt),
      finishedAt: timeOf(run.finishedAt),
      deadlineAt: timeOf(run.deadlineAt),
      wakeAt: timeOf(run.wakeAt),
      createdAt: run.createdAt.toISOString(),
      ...(run.omitted && { omitted: run.omitted }),
    };
  }
}

export class RunDto extends RunSummaryDto {
  @ApiProperty({
    ...ANY_JSON,
    description: 'The input of the run. Null above 16 KiB; `inputBytes` then gives its size.',
  })
  input!: JsonValue;
  @ApiFreeJson({
    nullable: true,
    description: 'The outputs of the last steps, by node id. Null above 16 KiB; `outputBytes` then gives their size.',
  })
  outputs!: JsonObject | null;
  @ApiPropertyOptional({
    type: 'integer',
    description: 'The size in bytes of an input that is too large to be included.',
  })
  inputBytes?: number;
  @ApiPropertyOptional({
    type: 'integer',
    description: 'The size in bytes of outputs that are too large to be included.',
  })
  outputBytes?: number;

  static override of(run: Run): RunDto {
    const { input, outputs, inputBytes, outputBytes } = run;
    return Object.assign(RunSummaryDto.of(run), { input, outputs, ...sizesOf({ inputBytes, outputBytes }) });
  }
}

export class ApprovalDto {
  @ApiProperty({
    type: [String],
    description: 'The users who may decide. An empty list means everyone who may run the workflow.',
  })
  approvers!: string[];
  @ApiProperty(OPTIONAL_TIME) deadlineAt!: string | null;
  @ApiProperty({ enum: ['approved', 'rejected'], nullable: true }) decision!: Decision | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) decidedBy!: string | null;
  @ApiProperty(OPTIONAL_TIME) decidedAt!: string | null;
  @ApiProperty({ type: String, nullable: true }) comment!: string | null;
}

export class RunStepDto {
  @ApiProperty() nodeId!: string;
  @ApiProperty({ example: 'action' }) nodeType!: string;
  @ApiProperty({ enum: STEP_STATUSES }) status!: StepStatus;
  @ApiProperty({ type: 'integer' }) attempts!: number;
  @ApiProperty({
    ...ANY_JSON,
    description: 'The input of the step. Null when it is too large to be included; `inputBytes` then gives its size.',
  })
  input!: JsonValue;
  @ApiProperty({
    ...ANY_JSON,
    description: 'The output of the step. Null when it is too large to be included; `outputBytes` then gives its size.',
  })
  output!: JsonValue;
  @ApiPropertyOptional({ type: 'integer' }) inputBytes?: number;
  @ApiPropertyOptional({ type: 'integer' }) outputBytes?: number;
  @ApiProperty({ type: RunErrorDto, nullable: true }) error!: RunError | null;
  @ApiProperty({ ...OPTIONAL_TIME, description: 'The time at which the last attempt started.' }) startedAt!:
    string | null;
  @ApiProperty(OPTIONAL_TIME) finishedAt!: string | null;
  @ApiProperty({ ...OPTIONAL_TIME, description: 'The time at which a delay ends or a retry is due.' }) wakeAt!:
    string | null;
  @ApiProperty({
    type: ApprovalDto,
    nullable: true,
    description: 'The approval of a step that waits or waited for a person.',
  })
  approval!: ApprovalDto | null;
  @Omitted() omitted?: string[];

  static of(step: RunStep): RunStepDto {
    const { approvers, deadlineAt, decision, decidedBy, decidedAt, comment, inputBytes, outputBytes } = step;
    return {
      nodeId: step.nodeId,
      nodeType: step.nodeType,
      status: step.status,
      attempts: step.attempts,
      input: step.input,
      output: step.output,
      error: step.error,
      startedAt: timeOf(step.startedAt),
      finishedAt: timeOf(step.finishedAt),
      wakeAt: timeOf(step.wakeAt),
      approval: approvers && {
        approvers,
        deadlineAt: timeOf(deadlineAt),
        decision,
        decidedBy,
        decidedAt: timeOf(decidedAt),
        comment,
      },
      ...sizesOf({ inputBytes, outputBytes }),
      ...(step.omitted && { omitted: step.omitted }),
    };
  }
}

export class RunWithStepsDto extends RunDto {
  @ApiProperty({
    type: [RunStepDto],
    description: 'The steps that have begun, in the order in which they began, then the skipped ones.',
  })
  steps!: RunStepDto[];

  static ofBoth({ run, steps }: { run: Run; steps: RunStep[] }): RunWithStepsDto {
    return Object.assign(new RunWithStepsDto(), RunDto.of(run), { steps: steps.map(RunStepDto.of) });
  }
}

/** Without those that are not there. */
function sizesOf(sizes: { inputBytes?: number; outputBytes?: number }): typeof sizes {
  return Object.fromEntries(Object.entries(sizes).filter(([, bytes]) => bytes !== undefined));
}

export function timeOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
