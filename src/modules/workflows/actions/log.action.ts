import { Allow, IsString } from 'class-validator';
import { HasLength } from '../../../common/contracts/input-rules.js';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { configOf, configProblems } from './action-config.js';
import { Action, type ActionContext, type ActionOutcome, type WorkflowAction } from './workflow-action.js';

class LogConfig {
  @IsString()
  @HasLength(1, 2000)
  message!: string;

  @Allow()
  data?: unknown;
}

/** Appends a line to the step's log, and passes its input on. */
@Action('log')
export class LogAction implements WorkflowAction {
  validate(config: Readonly<Record<string, unknown>>): InputProblem[] {
    return configProblems(LogConfig, config);
  }

  run(config: Readonly<Record<string, unknown>>, input: unknown, context: ActionContext): Promise<ActionOutcome> {
    const { message, data } = configOf(LogConfig, config);
    context.log(message, data);
    return Promise.resolve({ kind: 'done', output: input });
  }
}
