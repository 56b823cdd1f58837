import { ArrayMaxSize, IsArray, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { ROLES } from '../../../common/identity/roles.js';
import { HasMaxLength, IsTimestamp, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { configOf, configProblems } from './action-config.js';
import { MAX_WAIT_MS, waitUntil } from './waiting-time.js';
import { Action, type ActionContext, type ActionOutcome, type WorkflowAction } from './workflow-action.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const APPROVER = new RegExp(`^(role:(${ROLES.join('|')})|user:${UUID})$`);

class ApprovalConfig {
  /** The question to the approvers. */
  @MayBeAbsent()
  @IsString()
  @HasMaxLength(2000)
  message?: string;

  @MayBeAbsent()
  @IsInt()
  @Min(1000)
  @Max(MAX_WAIT_MS)
  deadlineMs?: number;

  /** Alternative to `deadlineMs`; if both are given, the earlier one applies. */
  @MayBeAbsent()
  @IsTimestamp()
  deadline?: string;

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(APPROVER, { each: true, message: '$property must be of the form role:<role> or user:<id>' })
  approvers?: string[];
}

/** Waits until a person approves or rejects, or the deadline has passed. */
@Action('approval')
export class ApprovalAction implements WorkflowAction {
  validate(config: Readonly<Record<string, unknown>>): InputProblem[] {
    return configProblems(ApprovalConfig, config);
  }

  run(raw: Readonly<Record<string, unknown>>, _input: unknown, context: ActionContext): Promise<ActionOutcome> {
    const { message, deadlineMs, deadline, approvers } = configOf(ApprovalConfig, raw);
    const deadlines = [
      ...(deadlineMs === undefined ? [] : [waitUntil({ ms: deadlineMs })]),
      ...(deadline === undefined ? [] : [waitUntil({ at: deadline })]),
    ].sort((one, other) => one.getTime() - other.getTime());
    if (message !== undefined) context.log(message);
    return Promise.resolve({
      kind: 'wait',
      approval: {
        ...(message !== undefined && { message }),
        ...(deadlines[0] && { deadline: deadlines[0] }),
        ...(approvers?.length && { approvers }),
      },
    });
  }
}
