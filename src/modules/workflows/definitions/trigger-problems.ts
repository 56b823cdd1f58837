import { isEventName } from '../../../common/events/events.service.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { FROM_ANYONE } from '../../workflow-runs/events/event-config.js';
import { HOOK_CONFIG_KEYS, hookConfigProblems } from '../../workflow-runs/hooks/hook-config.js';
import type { DefinitionLookups } from './definition-lookups.js';
import type { DefinitionProblem, Trigger } from './definition.types.js';
import { expressionProblems, unknownKeys } from './node-problems.js';
import { scheduleProblems } from '../../workflow-runs/schedules/schedule-rules.js';

const POINTER = '/triggerConfig';

const KEYS: Record<Trigger, string[]> = {
  manual: [],
  schedule: ['cron', 'timeZone'],
  event: ['name', 'filter', 'from'],
  webhook: HOOK_CONFIG_KEYS,
};

/** What is wrong with when a workflow starts. */
export function triggerProblems(trigger: Trigger, config: JsonObject, lookups: DefinitionLookups): DefinitionProblem[] {
  const problems = unknownKeys(config, KEYS[trigger], POINTER);
  if (trigger === 'schedule') problems.push(...scheduleProblems(config, POINTER));
  if (trigger === 'webhook') problems.push(...hookConfigProblems(config, POINTER));
  if (trigger === 'event') problems.push(...eventProblems(config, lookups));
  return problems;
}

function eventProblems({ name, filter, from }: JsonObject, lookups: DefinitionLookups): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (typeof name !== 'string' || !isEventName(name)) {
    const code = name === undefined ? 'required' : 'event_name';
    problems.push({ pointer: `${POINTER}/name`, code, detail: 'Must be the name of an event, such as user.created.' });
  } else if (!lookups.eventExists(name)) {
    const detail = `There is no event ${name}; see GET /events. Names of your own events begin with "custom.".`;
    problems.push({ pointer: `${POINTER}/name`, code: 'event_unknown', detail });
  }
  if (from !== undefined && from !== FROM_ANYONE) {
    const detail = `Must be "${FROM_ANYONE}", or absent to accept events only from users who may run the workflow manually.`;
    problems.push({ pointer: `${POINTER}/from`, code: 'event_from', detail });
  }
  if (filter !== undefined) {
    problems.push(...expressionProblems(filter, `${POINTER}/filter`, (text) => lookups.filterProblems(text)));
  }
  return problems;
}
