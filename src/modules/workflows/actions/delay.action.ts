import { IsInt, Max, Min } from 'class-validator';
import { IsTimestamp, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { configOf, configProblems } from './action-config.js';
import { MAX_WAIT_MS, waitUntil } from './waiting-time.js';
import { Action, ActionError, type ActionOutcome, type WorkflowAction } from './workflow-action.js';

const ONE_OF_TWO = 'Specify either ms or until.';

class DelayConfig {
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MAX_WAIT_MS)
  ms?: number;

  @MayBeAbsent()
  @IsTimestamp()
  until?: string;
}

/** Waits for a duration or until a time, without occupying a worker. A time in the past ends the wait at once. */
@Action('delay')
export class DelayAction implements WorkflowAction {
  validate(config: Readonly<Record<string, unknown>>): InputProblem[] {
    const problems = configProblems(DelayConfig, config);
    if (!isOneOfTwo(config)) problems.push({ pointer: '', code: 'delay_time', detail: ONE_OF_TWO });
    return problems;
  }

  run(raw: Readonly<Record<string, unknown>>): Promise<ActionOutcome> {
    const { ms, until } = configOf(DelayConfig, raw);
    if (!isOneOfTwo(raw)) throw new ActionError('action.invalid_config', ONE_OF_TWO);
    return Promise.resolve({ kind: 'wait', until: waitUntil({ ms, at: until }) });
  }
}

function isOneOfTwo({ ms, until }: Readonly<Record<string, unknown>>): boolean {
  return (ms === undefined) !== (until === undefined);
}
