import { type DestinationStream, pino } from 'pino';

/** Maximum characters buffered before writing within a turn. */
const MAX_HELD = 65_536;

/**
 * Standard output that writes all lines of one turn of the event loop together: under load, a write per line would be
 * among the most expensive parts of a request. The buffer is flushed when the process ends; only SIGKILL can lose the
 * lines of the last turn.
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
