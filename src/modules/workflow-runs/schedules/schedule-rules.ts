import { Cron } from 'croner';
import { isTimeZone } from 'class-validator';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { InputProblem } from '../../../common/errors/app-error.js';

/** No field for seconds: schedules fire once a minute at most. */
const CRON_MODE = '5-part';
const MAX_CRON_LENGTH = 200;

/** Returns the problems of a schedule's `triggerConfig`. `pointer` is its position in the definition. */
export function scheduleProblems(config: JsonObject, pointer: string): InputProblem[] {
  const { cron, timeZone } = config;
  const problems: InputProblem[] = [];
  const zoneIsValid = timeZone === undefined || isTimeZone(timeZone);
  if (!zoneIsValid) {
    problems.push({
      pointer: `${pointer}/timeZone`,
      code: 'time_zone',
      detail: 'Must be the name of a time zone, such as Europe/Paris.',
    });
  }
  const detail = cronProblem(cron, zoneIsValid ? (timeZone as string | undefined) : undefined);
  if (detail) problems.push({ pointer: `${pointer}/cron`, code: cron === undefined ? 'required' : 'cron', detail });
  return problems;
}

/**
 * Returns the next time a schedule is due after `after`, or null if there is none. Its `triggerConfig` must be valid.
 */
export function nextOccurrence({ cron, timeZone }: JsonObject, after: Date): Date | null {
  return parseCron(cron as string, timeZone as string | undefined).nextRun(after);
}

function cronProblem(cron: unknown, timeZone: string | undefined): string | undefined {
  if (cron === undefined) return 'A schedule needs a cron expression of five fields, such as 0 6 * * 1.';
  if (typeof cron !== 'string' || cron.length > MAX_CRON_LENGTH) return 'Must be a string of five fields.';
  const problem = cron.trimStart().startsWith('@') ? undefined : fieldProblem(cron);
  if (problem !== undefined) return problem;
  try {
    return parseCron(cron, timeZone).nextRun() ? undefined : 'Never matches any time.';
  } catch (error) {
    return `Must be a cron expression of five fields: ${wordsOf(error)}`;
  }
}

const FIELDS = [
  ['minute', '0 to 59'],
  ['hour', '0 to 23'],
  ['day of the month', '1 to 31'],
  ['month', '1 to 12 or JAN to DEC'],
  ['day of the week', '0 to 7 or SUN to SAT'],
] as const;

/**
 * Returns the problem of the first invalid field. Each field is parsed on its own by the parser that runs use: for a
 * whole expression that parser does not say which field is invalid, counts some fields from 0, and accepts a date in
 * place of an expression.
 */
function fieldProblem(cron: string): string | undefined {
  const fields = [...cron.matchAll(/\S+/g)];
  if (fields.length !== FIELDS.length) {
    const names = FIELDS.map(([name]) => name).join(', ');
    return `Must be a cron expression of five fields (${names}), but has ${fields.length}.`;
  }
  for (const [index, { 0: text, index: offset }] of fields.entries()) {
    try {
      parseCron(FIELDS.map((_, at) => (at === index ? text : '*')).join(' '));
    } catch {
      const [name, range] = FIELDS[index]!;
      return `Column ${offset + 1}: ${text} is not a valid ${name}; expected ${range}, *, or a list, a range or steps of these.`;
    }
  }
  return undefined;
}

function parseCron(cron: string, timeZone = 'UTC'): Cron {
  return new Cron(cron, { mode: CRON_MODE, timezone: timeZone });
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '');
}
