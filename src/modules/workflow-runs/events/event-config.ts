import type { InputProblem } from '../../../common/errors/app-error.js';
import { isEventName } from '../../../common/events/events.service.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { expressionProblems } from '../../scripting/sandbox/expression-problems.js';
import type { ScriptProblem } from '../../scripting/sandbox/script.types.js';

/** The `from` of an event trigger that accepts a tenant's own events from every author. */
export const FROM_ANYONE = 'anyone';

export const EVENT_CONFIG_KEYS = ['name', 'filter', 'from'];

/** Data needed to validate an event trigger. */
export interface EventLookups {
  /** Returns whether an event with that name can occur. */
  eventExists(name: string): boolean;
  filterProblems(cel: string): ScriptProblem[];
}

/** Returns the problems of an event trigger's `triggerConfig`; unknown keys are checked elsewhere. */
export function eventConfigProblems({ name, filter, from }: JsonObject, lookups: EventLookups): InputProblem[] {
  const problems: InputProblem[] = [];
  if (typeof name !== 'string' || !isEventName(name)) {
    const code = name === undefined ? 'required' : 'event_name';
    problems.push({ pointer: '/name', code, detail: 'Must be the name of an event, such as user.created.' });
  } else if (!lookups.eventExists(name)) {
    const detail = `There is no event ${name}; see GET /events. Names of your own events begin with "custom.".`;
    problems.push({ pointer: '/name', code: 'event_unknown', detail });
  }
  if (from !== undefined && from !== FROM_ANYONE) {
    const detail = `Must be "${FROM_ANYONE}", or absent to accept events only from users who may run the workflow manually.`;
    problems.push({ pointer: '/from', code: 'event_from', detail });
  }
  if (filter !== undefined) {
    problems.push(...expressionProblems(filter, '/filter', (text) => lookups.filterProblems(text)));
  }
  return problems;
}
