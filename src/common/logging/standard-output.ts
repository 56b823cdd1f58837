import { type DestinationStream, pino } from 'pino';

/** Beyond this, lines are written before the turn ends, in bytes. */
const MAX_HELD = 8192;

/**
 * Standard output, to which the lines of one turn of the event loop go together: under load a write for each line would be
 * among the dearest things a request does. At the end of the process nothing is left; only SIGKILL can lose the lines of its last turn.
 */
export function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, minLength: MAX_HELD });
  process.on('exit', () => output.flushSync());
  let isScheduled = false;
  const flush = (): void => {
    isScheduled = false;
    output.flushSync();
  };
  return {
    write(line) {
      output.write(line);
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(flush);
    },
  };
}
