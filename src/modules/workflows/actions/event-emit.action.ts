import { IsObject, Matches } from 'class-validator';
import { HasMaxLength } from '../../../common/contracts/input-rules.js';
import { EventsService } from '../../../common/events/events.service.js';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { configOf, configProblems } from './action-config.js';
import { Action, type ActionContext, ActionError, type ActionOutcome, type WorkflowAction } from './workflow-action.js';

const MAX_PAYLOAD_LENGTH = 65_536;

class EventEmitConfig {
  /** Other names are reserved for the application: a consumer of `user.created` may rely on the user's existence. */
  @Matches(/^custom(\.[a-z0-9_]+)+$/, { message: '$property must be of the form custom.<noun>.<past tense>' })
  @HasMaxLength(100)
  name!: string;

  @IsObject()
  payload: Record<string, unknown> = {};
}

/**
 * Emits a custom event of the tenant, with the user on whose behalf the run acts as its author. It starts those of the
 * waiting workflows that the author may start.
 */
@Action('event.emit', { isTransactional: true })
export class EventEmitAction implements WorkflowAction {
  constructor(private readonly events: EventsService) {}

  validate(config: Readonly<Record<string, unknown>>): InputProblem[] {
    return configProblems(EventEmitConfig, config);
  }

  async run(
    config: Readonly<Record<string, unknown>>,
    _input: unknown,
    { actor, runId, nodeId, attempt }: ActionContext,
  ): Promise<ActionOutcome> {
    const { name, payload } = configOf(EventEmitConfig, config);
    if (JSON.stringify(payload).length > MAX_PAYLOAD_LENGTH) {
      throw new ActionError('event.too_large', `A payload may have at most ${MAX_PAYLOAD_LENGTH} characters as JSON.`);
    }
    const { id: userId, role, isSuccessor } = actor;
    const by = { userId, role, ...(isSuccessor && { isSuccessor }), runId, nodeId, attempt };
    await this.events.emit(name, payload, by);
    return { kind: 'done', output: { name } };
  }
}
