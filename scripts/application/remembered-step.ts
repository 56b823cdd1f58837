import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { step } from '../progress.mjs';
import { DATA_FOLDER } from '../project.ts';

export interface RememberedStep {
  /** File name of the note in `.data/steps`. */
  name: string;
  title: string;
  /** Hash of everything that decides the result. */
  inputs: string;
  /** Absolute path that the step makes, if it makes one; without it the step runs again. */
  output?: string;
  action: () => Promise<void>;
}

/** Runs the step unless it has succeeded before on the same inputs. Call under a lock. */
export async function runOnce({ name, title, inputs, output, action }: RememberedStep): Promise<void> {
  const note = join(DATA_FOLDER, 'steps', name);
  const isDone = existsSync(note) && readFileSync(note, 'utf8') === inputs && (!output || existsSync(output));
  if (isDone) return;
  rmSync(note, { force: true });
  await step(title, action);
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, inputs);
}
