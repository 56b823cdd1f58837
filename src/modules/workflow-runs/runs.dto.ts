import {
  AnyJsonField,
  EnumField,
  IntegerField,
  JsonObjectField,
  ListField,
  ObjectField,
  TextField,
  TextListField,
  TimestampField,
  UuidField,
} from '../../common/contracts/fields.js';
import { type Role, ROLES } from '../../common/identity/roles.js';
import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
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
  @AnyJsonField({
    optional: true,
    default: {},
    example: { ticket: 4711 },
    description:
      'The input of the run, which may be any JSON. Every step sees it as `trigger`, and the first steps see it as `input`.',
  })
  input?: JsonValue;
}

export class DecideStepDto {
  @TextField({ max: 2000, optional: true, nullable: true }) comment?: string | null;
}

export class RunErrorDto {
  @TextField({ example: 'http.status' }) code!: string;
  @TextField() message!: string;
  @TextField({ optional: true, description: 'The id of the node whose step made the run fail.' }) nodeId?: string;
  @IntegerField({ optional: true, description: 'The line of the script, counted from 1.' }) line?: number;
  @IntegerField({ optional: true, description: 'The column in the line, counted from 1.' }) column?: number;
  @AnyJsonField({ optional: true }) details?: JsonValue;
}

const OmittedField = (): PropertyDecorator =>
  TextListField({ optional: true, description: 'The names of values that are too large to be included.' });

export class RunSummaryDto {
  @UuidField() id!: string;
  @UuidField() workflowId!: string;
  @IntegerField({ description: 'The version of the definition that the run executes.' }) workflowVersion!: number;
  @EnumField(RUN_STATUSES) status!: RunStatus;
  @EnumField(TRIGGERS) trigger!: Trigger;
  @UuidField({ nullable: true }) triggeredBy!: string | null;
  @UuidField({ nullable: true, description: 'The id of the user with whose permissions the steps act.' })
  ownerId!: string | null;
  @UuidField({
    nullable: true,
    description: 'The id of the first event in the chain that started the run, or of the run that emitted that event.',
  })
  rootEventId!: string | null;
  @EnumField(ROLES, {
    nullable: true,
    description: 'The highest role that the steps act with, if the run was handed over.',
  })
  roleLimit!: Role | null;
  @ObjectField(RunErrorDto, { nullable: true }) error!: RunError | null;
  @IntegerField({ description: 'The number of the attempt, which increases when the run is retried.' })
  attempt!: number;
  @TimestampField({ nullable: true }) cancelRequestedAt!: string | null;
  @TimestampField({ nullable: true }) startedAt!: string | null;
  @TimestampField({ nullable: true }) finishedAt!: string | null;
  @TimestampField({ nullable: true, description: 'The time at which the run fails if it has not ended.' })
  deadlineAt!: string | null;
  @TimestampField({ nullable: true, description: 'The time at which a waiting run continues by itself.' })
  wakeAt!: string | null;
  @TimestampField() createdAt!: string;
  @OmittedField() omitted?: string[];

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
  @AnyJsonField({
    description: 'The input of the run. Null if it is larger than 16 KiB; `inputBytes` then gives its size.',
  })
  input!: JsonValue;
  @JsonObjectField({
    nullable: true,
    description:
      'The outputs of the last steps, by node id. Null if they are larger than 16 KiB; `outputBytes` then gives their size.',
  })
  outputs!: JsonObject | null;
  @IntegerField({ optional: true, description: 'The size in bytes of an input that is too large to be included.' })
  inputBytes?: number;
  @IntegerField({ optional: true, description: 'The size in bytes of outputs that are too large to be included.' })
  outputBytes?: number;

  static override of(run: Run): RunDto {
    const { input, outputs, inputBytes, outputBytes } = run;
    return Object.assign(RunSummaryDto.of(run), { input, outputs, ...sizesOf({ inputBytes, outputBytes }) });
  }
}

export class ApprovalDto {
  @TextListField({ description: 'The users who may decide. An empty list means everyone who may run the workflow.' })
  approvers!: string[];
  @TimestampField({ nullable: true }) deadlineAt!: string | null;
  @EnumField(['approved', 'rejected'], { nullable: true }) decision!: Decision | null;
  @UuidField({ nullable: true }) decidedBy!: string | null;
  @TimestampField({ nullable: true }) decidedAt!: string | null;
  @TextField({ nullable: true }) comment!: string | null;
}

export class RunStepDto {
  @TextField() nodeId!: string;
  @TextField({ example: 'action' }) nodeType!: string;
  @EnumField(STEP_STATUSES) status!: StepStatus;
  @IntegerField() attempts!: number;
  @AnyJsonField({
    description: 'The input of the step. Null when it is too large to be included; `inputBytes` then gives its size.',
  })
  input!: JsonValue;
  @AnyJsonField({
    description: 'The output of the step. Null when it is too large to be included; `outputBytes` then gives its size.',
  })
  output!: JsonValue;
  @IntegerField({ optional: true }) inputBytes?: number;
  @IntegerField({ optional: true }) outputBytes?: number;
  @ObjectField(RunErrorDto, { nullable: true }) error!: RunError | null;
  @TimestampField({ nullable: true, description: 'The time at which the last attempt started.' })
  startedAt!: string | null;
  @TimestampField({ nullable: true }) finishedAt!: string | null;
  @TimestampField({ nullable: true, description: 'The time at which a delay ends or a retry is due.' })
  wakeAt!: string | null;
  @ObjectField(ApprovalDto, {
    nullable: true,
    description: 'The approval of a step that waits or waited for a person.',
  })
  approval!: ApprovalDto | null;
  @OmittedField() omitted?: string[];

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
  @ListField(RunStepDto, {
    description: 'The steps in the order in which they began. Skipped steps come last.',
  })
  steps!: RunStepDto[];

  static ofBoth({ run, steps }: { run: Run; steps: RunStep[] }): RunWithStepsDto {
    return Object.assign(new RunWithStepsDto(), RunDto.of(run), { steps: steps.map(RunStepDto.of) });
  }
}

/** Removes keys whose value is undefined. */
function sizesOf(sizes: { inputBytes?: number; outputBytes?: number }): typeof sizes {
  return Object.fromEntries(Object.entries(sizes).filter(([, bytes]) => bytes !== undefined));
}

export function timeOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
