import { type DestinationStream, pino } from 'pino';

/** Beyond this, lines are written before the turn ends, in characters. */
const MAX_HELD = 65_536;

/**
 * Standard output, to which the lines of one turn of the event loop go together: under load a write for each line would be
 * among the dearest things a request does. At the end of the process nothing is left; only SIGKILL can lose the lines of its last turn.
 */
export function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  let held = '';
  const flush = (): void => {
    if (held === '') return;
    const lines = held;
    held = '';
    output.write(lines);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (held === '') setImmediate(flush);
      held += line;
      if (held.length > MAX_HELD) flush();
    },
  };
}
