import { jsonSize, memorySize } from '../../../common/json/json-size.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import type { RunError } from '../runs.types.js';
import type { StepChange } from './checkpoint.js';
import type { SavedStep } from './run-leases.repository.js';
import { MAX_INPUT_BYTES, MAX_RUN_BYTES, MAX_SAVED_BYTES } from './step-output.js';

/**
 * Counts what a run keeps in memory, and what it saves. Outputs are kept once: what arrives at a step is made of them, and costs
 * nothing more until another worker reads it.
 */
export class RunBytes {
  #kept = 0;
  #saved = 0;

  /** In memory, roughly. */
  get kept(): number {
    return this.#kept;
  }

  /** A step as another worker saved it: its input is a copy. */
  load({ input, output }: Pick<SavedStep, 'input' | 'output'>): void {
    this.#kept += memorySize(input) + memorySize(output);
  }

  /** Why a step cannot begin with that input; counts it otherwise. */
  takeInput(input: JsonValue): RunError | undefined {
    const bytes = jsonSize(input, MAX_INPUT_BYTES);
    if (bytes > MAX_INPUT_BYTES) {
      return { code: 'step.input', message: `The input of the step is larger than ${MAX_INPUT_BYTES} bytes.` };
    }
    if (this.#kept > MAX_RUN_BYTES || this.#saved + bytes > MAX_SAVED_BYTES) return tooLarge();
    this.#saved += bytes;
    return undefined;
  }

  /** Why a step's output cannot be kept; counts it otherwise. What a step passes on as it came is there already. */
  takeOutput(output: JsonValue, input: JsonValue): RunError | undefined {
    const bytes = output === input ? 0 : memorySize(output);
    if (this.#kept + bytes > MAX_RUN_BYTES) return tooLarge();
    this.#kept += bytes;
    this.#saved += bytes;
    return undefined;
  }
}

/**
 * Of steps to begin those that one checkpoint can hold beside its `changes`, one at least: it is made into text, and sent, as a whole.
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
