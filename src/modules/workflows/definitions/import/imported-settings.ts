import { type Foreign, isForeign, leftOver, withoutUndefined } from './foreign.js';

/** What the other system keeps of its runs, and in which order it draws them: no matter of what the workflow does. */
const READ = new Set([
  ...['executionTimeout', 'maxConcurrentExecutions', 'maxConcurrentRuns', 'timeoutMs', 'timezone', 'timeZone'],
  ...['saveDataErrorExecution', 'saveDataSuccessExecution', 'saveManualExecutions', 'saveExecutionProgress'],
  ...['executionOrder', 'callerPolicy', 'availableInMCP', 'timeSavedPerExecution', 'timeSavedMode'],
]);

/** Settings of another system: in our form, the time zone of its schedules, and what has no meaning here. */
export function importedSettings(settings: unknown): { settings?: Foreign; timeZone?: unknown; left: Foreign } {
  if (!isForeign(settings)) return { left: {} };
  const { executionTimeout, maxConcurrentExecutions, maxConcurrentRuns, timeoutMs, timezone, timeZone } = settings;
  const left = leftOver(settings, READ);
  return {
    settings: withoutUndefined({
      // Seconds there; -1 is none.
      timeoutMs: typeof executionTimeout === 'number' && executionTimeout > 0 ? executionTimeout * 1000 : timeoutMs,
      maxConcurrentRuns: maxConcurrentExecutions ?? maxConcurrentRuns,
    }),
    timeZone: timezone ?? timeZone,
    left: Object.keys(left).length > 0 ? { settings: left } : {},
  };
}
