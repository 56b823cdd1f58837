import type { JsonObject, JsonValue } from '../../../common/json/json-object.js';
import { truncate } from '../../../common/values/text-length.js';
import { toStorable } from './step-output.js';

const MAX_LINES = 200;
const MAX_LINE_BYTES = 8192;

/** Appends a line to the log of an attempt, truncated to the limits. */
export function appendLog(logs: JsonObject[], attempt: number, message: string, data: unknown): void {
  if (logs.length > MAX_LINES) return;
  if (logs.length === MAX_LINES) {
    logs.push({ attempt, message: `More than ${MAX_LINES} lines; the rest is omitted.` });
    return;
  }
  logs.push({
    attempt,
    message: toStorable(truncate(message, MAX_LINE_BYTES)),
    ...(data !== undefined && { data: dataOf(data) }),
  });
}

function dataOf(data: unknown): JsonValue {
  try {
    return toStorable(data, MAX_LINE_BYTES);
  } catch {
    // A log line must not fail the step that writes it.
    return 'The data is too large or not JSON.';
  }
}
