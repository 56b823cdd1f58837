import { type Foreign, isForeign, leftOver, withoutUndefined } from './foreign.js';

/** Settings for storing runs and ordering their display, which do not affect what the workflow does. */
const READ = new Set([
  ...['executionTimeout', 'maxConcurrentExecutions', 'maxConcurrentRuns', 'timeoutMs', 'timezone', 'timeZone'],
  ...['saveDataErrorExecution', 'saveDataSuccessExecution', 'saveManualExecutions', 'saveExecutionProgress'],
  ...['executionOrder', 'callerPolicy', 'availableInMCP', 'timeSavedPerExecution', 'timeSavedMode'],
]);

/** Converts settings of another system: returns those in our format, the time zone of its schedules, and the rest. */
export function importedSettings(settings: unknown): { settings?: Foreign; timeZone?: unknown; left: Foreign } {
  if (!isForeign(settings)) return { left: {} };
  const { executionTimeout, maxConcurrentExecutions, maxConcurrentRuns, timeoutMs, timezone, timeZone } = settings;
  const left = leftOver(settings, READ);
  return {
    settings: withoutUndefined({
      // The source uses seconds; -1 means no limit.
      timeoutMs: typeof executionTimeout === 'number' && executionTimeout > 0 ? executionTimeout * 1000 : timeoutMs,
      maxConcurrentRuns: maxConcurrentExecutions ?? maxConcurrentRuns,
    }),
    timeZone: timezone ?? timeZone,
    left: Object.keys(left).length > 0 ? { settings: left } : {},
  };
}
