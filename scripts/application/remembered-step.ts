import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { step } from '../progress.mjs';
import { DATA_FOLDER } from '../project.ts';

export interface RememberedStep {
  /** File name in `.data/steps` that records the last success. */
  name: string;
  title: string;
  /** Hash of everything that determines the result. */
  inputs: string;
  /** Absolute path of the step's output, if it has one; if that is missing, the step runs again. */
  output?: string;
  action: () => Promise<void>;
}

/** Runs the step unless it has succeeded before with the same inputs. Call under a lock. */
export async function runOnce({ name, title, inputs, output, action }: RememberedStep): Promise<void> {
  const note = join(DATA_FOLDER, 'steps', name);
  const isDone = existsSync(note) && readFileSync(note, 'utf8') === inputs && (!output || existsSync(output));
  if (isDone) return;
  rmSync(note, { force: true });
  await step(title, action);
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, inputs);
}
