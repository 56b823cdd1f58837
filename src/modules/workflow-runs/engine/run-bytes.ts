import { jsonSize, memorySize } from '../../../common/json/json-size.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import type { RunError } from '../runs.types.js';
import type { StepChange } from './checkpoint.js';
import type { SavedStep } from './run-leases.repository.js';
import { MAX_INPUT_BYTES, MAX_RUN_BYTES, MAX_SAVED_BYTES } from './step-output.js';

/**
 * Counts the bytes that a run keeps in memory, and those it saves. Outputs are kept once: inputs of steps refer to
 * them, and cost nothing more until another worker loads them.
 */
export class RunBytes {
  #kept = 0;
  #saved = 0;

  /** Approximate bytes in memory. */
  get kept(): number {
    return this.#kept;
  }

  /** Counts a step that another worker saved; its input is loaded as a copy. */
  load({ input, output }: Pick<SavedStep, 'input' | 'output'>): void {
    this.#kept += memorySize(input) + memorySize(output);
  }

  /** Counts an input. Returns an error, and counts nothing, if the step cannot start with it. */
  takeInput(input: JsonValue): RunError | undefined {
    const bytes = jsonSize(input, MAX_INPUT_BYTES);
    if (bytes > MAX_INPUT_BYTES) {
      return { code: 'step.input', message: `The input of the step is larger than ${MAX_INPUT_BYTES} bytes.` };
    }
    if (this.#kept > MAX_RUN_BYTES || this.#saved + bytes > MAX_SAVED_BYTES) return tooLarge();
    this.#saved += bytes;
    return undefined;
  }

  /**
   * Counts an output. Returns an error, and counts nothing, if it cannot be kept. An output equal to the input is
   * already counted.
   */
  takeOutput(output: JsonValue, input: JsonValue): RunError | undefined {
    const bytes = output === input ? 0 : memorySize(output);
    if (this.#kept + bytes > MAX_RUN_BYTES) return tooLarge();
    this.#kept += bytes;
    this.#saved += bytes;
    return undefined;
  }
}

/**
 * Returns those candidates that fit into one checkpoint beside its `changes`, but at least one: a checkpoint is
 * serialized and sent as a whole.
 */
export function fittingInto<T extends { input: JsonValue }>(changes: readonly StepChange[], candidates: T[]): T[] {
  let bytesLeft = MAX_INPUT_BYTES;
  for (const { input, output } of changes) {
    bytesLeft -= jsonSize(input, MAX_INPUT_BYTES) + jsonSize(output, MAX_INPUT_BYTES);
  }
  const fitting: T[] = [];
  for (const candidate of candidates) {
    bytesLeft -= jsonSize(candidate.input, MAX_INPUT_BYTES);
    if (bytesLeft < 0 && fitting.length + changes.length > 0) break;
    fitting.push(candidate);
  }
  return fitting;
}

function tooLarge(): RunError {
  return { code: 'run.too_large', message: `The outputs of the run's steps take more than ${MAX_RUN_BYTES} bytes.` };
}
