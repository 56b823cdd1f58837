import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { onStopSignals } from './stop-signals.mjs';

/** Ends a command in an orderly way after a request to stop. */
export class StopRequested extends Error {
  override name = 'StopRequested';
  readonly exitCode: number;
  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

const controller = new AbortController();
let foreground: ChildProcess | null = null;

/** Aborted with a `StopRequested` at the first request to stop. */
export const stopRequested: AbortSignal = controller.signal;

/** Sets the child that receives requests to stop. It decides how to end, and the command ends with it. */
export function setForeground(child: ChildProcess | null): void {
  foreground = child;
}

/** From now on signals do not end this process directly. */
export function listenForStopRequests(): void {
  onStopSignals((signal, forced) => {
    if (foreground) foreground.kill(forced ? 'SIGKILL' : signal);
    else if (forced) process.exit(128 + constants.signals[signal]);
    controller.abort(new StopRequested(signal));
  });
}
