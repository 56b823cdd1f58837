import { type Foreign, isForeign, leftOver, textOf, withoutUndefined } from './foreign.js';

type Kind = 'manual' | 'webhook' | 'schedule';

const KINDS: [pattern: RegExp, kind: Kind][] = [
  [/^(trigger|manual|manualTrigger|start)$/i, 'manual'],
  [/^(webhook|webhookTrigger)$/i, 'webhook'],
  [/^(schedule|scheduleTrigger|cron|interval)$/i, 'schedule'],
];

/**
 * Fields of a webhook that are known. Its address is dropped, since it gets a new one; settings for its method,
 * response and authentication are reported unless they match what webhooks do here.
 */
const WEBHOOK_READ = new Set(['path', 'httpMethod', 'method', 'responseMode', 'authentication', 'options']);
const SCHEDULE_READ = new Set(['rule', 'triggerTimes', 'interval', 'unit', 'cronExpression', 'cron', 'timezone']);

/** Returns whether a node of that type is a trigger that can be converted. */
export function isTriggerType(type: string): boolean {
  return kindOf(type) !== undefined;
}

/** Returns how the workflow starts: from its own fields, or from the first of its trigger nodes. */
export function importedTrigger(source: Foreign, triggerNodes: Foreign[], timeZone: unknown): Foreign {
  const { trigger, triggerConfig } = source;
  const node = triggerNodes.find(({ type }) => kindOf(String(type)) !== 'manual');
  if (trigger !== undefined || !node) return withoutUndefined({ trigger, triggerConfig });
  const parameters = [node['parameters'], node['config'], node['params']].find(isForeign) ?? {};
  if (kindOf(String(node['type'])) === 'webhook') return withoutUndefined({ trigger: 'webhook', triggerConfig });
  return { trigger: 'schedule', triggerConfig: triggerConfig ?? scheduleOf(parameters, timeZone) };
}

/** Returns parameters of a trigger node that have no meaning in our format, for validation to report. */
export function triggerParametersLeft(type: string, parameters: Foreign): Foreign {
  const kind = kindOf(type);
  if (kind === 'schedule') return leftOver(parameters, SCHEDULE_READ);
  if (kind !== 'webhook') return parameters;
  const { httpMethod = parameters['method'], responseMode, authentication } = parameters;
  return withoutUndefined({
    ...leftOver(parameters, WEBHOOK_READ),
    httpMethod: httpMethod === undefined || httpMethod === 'POST' ? undefined : httpMethod,
    responseMode: responseMode === undefined || responseMode === 'onReceived' ? undefined : responseMode,
    authentication: authentication === undefined || authentication === 'none' ? undefined : authentication,
  });
}

function kindOf(type: string): Kind | undefined {
  const lastPart = type.slice(type.lastIndexOf('.') + 1);
  return KINDS.find(([pattern]) => pattern.test(lastPart))?.[1];
}

/** A schedule that cannot be expressed as cron is kept unchanged, and validation reports it as invalid. */
function scheduleOf(parameters: Foreign, timeZone: unknown): Foreign {
  const cron = cronOf(parameters);
  const zone = textOf(parameters['timezone']) ?? textOf(timeZone);
  if (cron === undefined) return parameters;
  return withoutUndefined({ cron, timeZone: zone === 'DEFAULT' ? undefined : zone });
}

function cronOf(parameters: Foreign): string | undefined {
  const { rule, triggerTimes, interval, unit } = parameters;
  const written = textOf(parameters['cronExpression']) ?? textOf(parameters['cron']);
  if (written !== undefined) return withoutSeconds(written);
  if (isForeign(rule)) return onlyOne(rule['interval'], cronOfRule);
  if (isForeign(triggerTimes)) return onlyOne(triggerTimes['item'], cronOfTime);
  return unit === undefined ? undefined : every(interval ?? 1, textOf(unit) ?? '', 0);
}

/** Our format has no place for several schedules of one workflow. */
function onlyOne(list: unknown, convert: (item: Foreign) => string | undefined): string | undefined {
  const [first, ...others] = Array.isArray(list) ? (list as unknown[]) : [];
  return isForeign(first) && others.length === 0 ? convert(first) : undefined;
}

/** Converts `{field: 'days', triggerAtHour: 9}`. */
function cronOfRule(rule: Foreign): string | undefined {
  const { field = 'days', expression, minutesInterval = 5, hoursInterval = 1, daysInterval = 1 } = rule;
  const { weeksInterval = 1, monthsInterval = 1, triggerAtMinute = 0, triggerAtHour = 0 } = rule;
  const { triggerAtDay = [0], triggerAtDayOfMonth = 1 } = rule;
  const time = `${numeral(triggerAtMinute)} ${numeral(triggerAtHour)}`;
  if (field === 'cronExpression') return withoutSeconds(String(expression));
  if (field === 'minutes') return every(minutesInterval, 'minutes', 0);
  if (field === 'hours') return every(hoursInterval, 'hours', triggerAtMinute);
  if (field === 'days' && daysInterval === 1) return `${time} * * *`;
  if (field === 'weeks' && weeksInterval === 1 && Array.isArray(triggerAtDay)) {
    return `${time} * * ${triggerAtDay.map(numeral).join(',')}`;
  }
  if (field === 'months' && divides(monthsInterval, 12)) {
    const months = monthsInterval === 1 ? '*' : `*/${numeral(monthsInterval)}`;
    return `${time} ${numeral(triggerAtDayOfMonth)} ${months} *`;
  }
  return undefined;
}

/** Converts `{mode: 'everyWeek', weekday: '1', hour: 9, minute: 0}`. */
function cronOfTime(time: Foreign): string | undefined {
  const { mode = 'everyDay', hour = 14, minute = 0, weekday = 1, dayOfMonth = 1, value = 2, unit = 'hours' } = time;
  const at = `${numeral(minute)} ${numeral(hour)}`;
  switch (mode) {
    case 'everyMinute':
      return '* * * * *';
    case 'everyHour':
      return `${numeral(minute)} * * * *`;
    case 'everyDay':
      return `${at} * * *`;
    case 'everyWeek':
      return `${at} * * ${numeral(weekday)}`;
    case 'everyMonth':
      return `${at} ${numeral(dayOfMonth)} * *`;
    case 'everyX':
      return every(value, textOf(unit) ?? '', 0);
    case 'custom':
      return withoutSeconds(String(time['cronExpression']));
    default:
      return undefined;
  }
}

/** Only intervals that divide a day or an hour evenly: cron cannot express "every 7 hours". */
function every(interval: unknown, unit: string, minute: unknown): string | undefined {
  if (unit === 'minutes' && divides(interval, 60)) return `*/${numeral(interval)} * * * *`;
  if (unit === 'hours' && divides(interval, 24)) return `${numeral(minute)} */${numeral(interval)} * * *`;
  return undefined;
}

function divides(interval: unknown, whole: number): boolean {
  const number = Number(interval);
  return Number.isInteger(number) && number > 0 && whole % number === 0;
}

/** Returns a number as text; anything else is left for validation of the expression. */
function numeral(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '?';
}

/** Drops the seconds of a six-field expression if they are 0. */
function withoutSeconds(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  return fields.length === 6 && fields[0] === '0' ? fields.slice(1).join(' ') : cron;
}
