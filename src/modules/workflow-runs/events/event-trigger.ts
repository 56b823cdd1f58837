import { Logger } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import { AppError, type InputProblem, RateLimitError, UnavailableError } from '../../../common/errors/app-error.js';
import { isKnownEvent } from '../../../common/events/event-catalog.js';
import { type DomainEvent, type HandlesDomainEvents, OnDomainEvent } from '../../../common/events/domain-event.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { Conditions } from '../../scripting/sandbox/conditions.service.js';
import { ExpressionChecker } from '../../scripting/sandbox/expression-checker.service.js';
import { FILTER_VARIABLES } from '../../scripting/sandbox/expression-scope.types.js';
import { ScriptError } from '../../scripting/sandbox/script.errors.js';
import { WorkflowsService } from '../../workflows/workflows.service.js';
import type { ListeningWorkflow } from '../../workflows/workflows.types.js';
import { StartRefusals } from '../admission/start-refusals.js';
import { TOO_DEEP, TREE_USED_UP } from '../runs.errors.js';
import { RunsService } from '../runs.service.js';
import { type StartsWorkflows, WorkflowTrigger } from '../../workflows/triggers/workflow-trigger.js';
import { EventAuthors } from './event-authors.js';
import { EVENT_CONFIG_KEYS, eventConfigProblems } from './event-config.js';

/** Maximum length of a chain of runs that start each other by events; a longer one is considered a cycle. */
const MAX_DEPTH = 5;

/**
 * Starts the workflows that wait for an event, once per event, however often it is delivered. Chains of events are
 * bounded twice: by their depth, and by a number of runs for the whole tree. A start beyond these limits is refused,
 * audited and counted.
 */
@OnDomainEvent('*')
@WorkflowTrigger('event', EVENT_CONFIG_KEYS)
export class EventTrigger implements HandlesDomainEvents, StartsWorkflows {
  readonly #logger = new Logger(EventTrigger.name);

  constructor(
    private readonly workflows: WorkflowsService,
    private readonly runs: RunsService,
    private readonly authors: EventAuthors,
    private readonly refusals: StartRefusals,
    private readonly conditions: Conditions,
    private readonly expressions: ExpressionChecker,
  ) {}

  async problems(config: JsonObject): Promise<InputProblem[]> {
    const { filter } = config;
    const filters = await this.expressions.conditions(typeof filter === 'string' ? [filter] : [], FILTER_VARIABLES);
    return eventConfigProblems(config, {
      eventExists: isKnownEvent,
      filterProblems: (cel) => filters.get(cel) ?? [],
    });
  }

  async handle(event: DomainEvent): Promise<void> {
    if (this.refusals.isUsedUp(event.rootId)) return;
    const listening = await this.workflows.findListening(event.name);
    const [first] = listening;
    if (first && event.depth >= MAX_DEPTH) {
      this.#logger.warn({ event: event.name, depth: event.depth }, 'Events and workflows start each other in a loop.');
      this.refusals.count('event', { code: TOO_DEEP });
      return this.#refused(first.id, event, TOO_DEEP);
    }
    const input = inputOf(event);
    for (const workflow of await this.#startable(listening, event, input)) {
      const refusal = await this.#start(workflow.id, input, event);
      if (!refusal) continue;
      // The limit holds for the other workflows as well.
      if (refusal.code === TREE_USED_UP) this.refusals.useUp(event.rootId);
      return this.#refused(workflow.id, event, refusal.code);
    }
  }

  /** Returns the workflows whose filter matches the event, and that its author may start. */
  async #startable(
    listening: ListeningWorkflow[],
    event: DomainEvent,
    input: JsonObject,
  ): Promise<ListeningWorkflow[]> {
    const startable: ListeningWorkflow[] = [];
    const refused: ListeningWorkflow[] = [];
    for (const workflow of listening) {
      if (!(await this.#matchesFilter(workflow, input))) continue;
      const isAllowed = await this.authors.mayStart(event, workflow);
      (isAllowed ? startable : refused).push(workflow);
    }
    if (refused.length > 0) await this.authors.noteRefused(event, refused);
    return startable;
  }

  async #matchesFilter({ id, triggerConfig }: ListeningWorkflow, event: JsonObject): Promise<boolean> {
    const { filter } = triggerConfig;
    if (typeof filter !== 'string') return true;
    try {
      return await this.conditions.evaluate(filter, { event }, { variables: FILTER_VARIABLES });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      // An event without the field that the filter reads does not match.
      this.#logger.debug({ workflowId: id, err: error }, 'Failed to evaluate the filter of a workflow for an event.');
      return false;
    }
  }

  /**
   * An error of one workflow must not prevent others from starting, so it is not thrown. If there are too many runs,
   * the refusal is returned.
   */
  async #start(
    workflowId: string,
    input: JsonObject,
    { id, depth, rootId }: DomainEvent,
  ): Promise<RateLimitError | undefined> {
    try {
      await this.runs.start(SYSTEM_ACTOR, workflowId, input, {
        kind: 'event',
        dedupeKey: `event:${id}`,
        depth: depth + 1,
        rootEventId: rootId,
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError) || error instanceof UnavailableError) throw error;
      if (error instanceof RateLimitError) return error;
      this.#logger.warn({ err: error, workflowId }, 'An event did not start a workflow.');
      return undefined;
    }
  }

  #refused(workflowId: string, { name, id, rootId }: DomainEvent, code: string): Promise<void> {
    return this.refusals.record('event', workflowId, { code }, { event: name, eventId: id, rootEventId: rootId });
  }
}

/** Returns the data of an event that workflows receive. */
function inputOf({ id, name, payload, occurredAt, by }: DomainEvent): JsonObject {
  const author = by && { userId: by.userId, runId: by.runId };
  return { id, name, payload: payload as JsonObject, occurredAt, ...(author && { by: author }) };
}
