import { Logger } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../../common/auth/actor.js';
import { AppError, UnavailableError } from '../../../../common/errors/app-error.js';
import { type DomainEvent, type HandlesDomainEvents, OnDomainEvent } from '../../../../common/events/domain-event.js';
import type { JsonObject } from '../../../../common/json/json-object.js';
import { evaluateCondition } from '../../sandbox/conditions.js';
import { ScriptError } from '../../sandbox/script-error.js';
import { WorkflowsService } from '../../workflows.service.js';
import type { Workflow } from '../../workflows.types.js';
import { RunsService } from '../runs.service.js';

/** Runs that events of runs start, one after the other: beyond it is a circle. */
const MAX_DEPTH = 5;

/** Starts the workflows that wait for an event, each once for an event however often it is told. */
@OnDomainEvent('*')
export class EventTrigger implements HandlesDomainEvents {
  readonly #logger = new Logger(EventTrigger.name);

  constructor(
    private readonly workflows: WorkflowsService,
    private readonly runs: RunsService,
  ) {}

  async handle(event: DomainEvent): Promise<void> {
    const listening = await this.workflows.findListening(event.name);
    if (listening.length > 0 && event.depth >= MAX_DEPTH) {
      this.#logger.warn(
        { event: event.name, depth: event.depth },
        'Events and workflows start each other in a circle.',
      );
      return;
    }
    const told = { id: event.id, name: event.name, payload: event.payload, occurredAt: event.occurredAt } as JsonObject;
    for (const workflow of listening) {
      if (this.#isMeant(workflow, told)) await this.#start(workflow.id, told, event);
    }
  }

  #isMeant({ id, triggerConfig }: Workflow, event: JsonObject): boolean {
    const { filter } = triggerConfig;
    if (typeof filter !== 'string') return true;
    try {
      return evaluateCondition(filter, { event });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      // An event without the field that the filter asks for is not the one that is waited for.
      this.#logger.debug({ workflowId: id, err: error }, 'The filter of a workflow does not fit an event.');
      return false;
    }
  }

  /** What keeps one workflow from starting must not keep the others. */
  async #start(workflowId: string, input: JsonObject, { id, depth }: DomainEvent): Promise<void> {
    try {
      await this.runs.start(SYSTEM_ACTOR, workflowId, input, {
        kind: 'event',
        dedupeKey: `event:${id}`,
        depth: depth + 1,
      });
    } catch (error) {
      if (!(error instanceof AppError) || error instanceof UnavailableError) throw error;
      this.#logger.warn({ err: error, workflowId }, 'An event did not start a workflow.');
    }
  }
}
