import { AppError, RateLimitError, UnavailableError } from '../../../common/errors/app-error.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import { toAppError } from '../../../common/prisma/prisma-errors.js';
import { truncate } from '../../../common/values/text-length.js';
import { ActionError } from '../../workflows/actions/workflow-action.js';
import { ScriptError } from '../../scripting/sandbox/script.errors.js';
import { TemplateError } from '../../scripting/sandbox/templates.js';
import type { RunError } from '../runs.types.js';
import type { StepFailure } from './run-state.types.js';
import { cleanText, StepOutputError, toStorable } from './step-output.js';

/** An attempt took longer than its node allows. */
export class StepTimeoutError extends Error {
  constructor(readonly timeoutMs: number) {
    super(`The step took longer than ${timeoutMs} ms.`);
    this.name = 'StepTimeoutError';
  }
}

/** Limits of a message, in characters, and of its details as JSON: people read them, and events carry them. */
const MAX_MESSAGE_LENGTH = 2000;
const MAX_DETAILS_BYTES = 65_536;

const permanent = (code: string, message: string): StepFailure => ({
  error: { code, message },
  isRetryable: false,
  isTemporary: false,
});

/**
 * Returns the failure as shown to people, and whether a retry may help. Returns null if only the log may contain the
 * error; use `UNKNOWN_FAILURE` then. The result can always be stored, whatever a script or a server put into it.
 */
export function failureOf(error: unknown): StepFailure | null {
  const failure = judge(error);
  return failure && { ...failure, error: storable(failure.error) };
}

function judge(error: unknown): StepFailure | null {
  if (error instanceof ScriptError) {
    const { kind, message, line, column } = error;
    const reported = {
      code: `script.${kind}`,
      message,
      ...(line !== undefined && { line }),
      ...(column !== undefined && { column }),
    };
    return { error: reported, isRetryable: kind !== 'syntax', isTemporary: false };
  }
  if (error instanceof ActionError) {
    const { code, message, isRetryable, details, retryAfterMs } = error;
    const reported = { code, message, ...(details !== undefined && { details: details as JsonValue }) };
    return { error: reported, isRetryable, isTemporary: false, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (error instanceof TemplateError) {
    return permanent('step.reference', `${error.message}${error.pointer && ` (at ${error.pointer})`}`);
  }
  if (error instanceof StepOutputError) return permanent('step.output', error.message);
  if (error instanceof StepTimeoutError) {
    return { error: { code: 'step.timeout', message: error.message }, isRetryable: true, isTemporary: false };
  }
  const known = error instanceof AppError ? error : toAppError(error);
  if (!known) return null;
  const isTemporary = known instanceof UnavailableError || known instanceof RateLimitError;
  return { error: { code: known.code, message: known.message }, isRetryable: true, isTemporary };
}

function storable({ message, details, ...error }: RunError): RunError {
  return {
    ...error,
    message: cleanText(truncate(message, MAX_MESSAGE_LENGTH)),
    ...(details !== undefined && { details: storableDetails(details) }),
  };
}

function storableDetails(details: JsonValue): JsonValue {
  try {
    return toStorable(details, MAX_DETAILS_BYTES);
  } catch (error) {
    if (error instanceof StepOutputError) return null;
    throw error;
  }
}

export const UNKNOWN_FAILURE: StepFailure = {
  error: {
    code: 'step.internal',
    message: "The step failed because of an internal error, which is in the application's log.",
  },
  isRetryable: true,
  isTemporary: false,
};
