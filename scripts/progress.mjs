const HEARTBEAT_MS = 10_000;

/** Prints one line for people to standard error, so that a command's own output stays clean. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Announces a step, repeats every ten seconds that it still runs, and prints how long it took.
 * @template T
 * @param {string} title
 * @param {() => T | Promise<T>} action
 * @returns {Promise<T>}
 */
export async function step(title, action) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  say(`• ${title} …`);
  const heartbeat = setInterval(() => say(`  … still running: ${title} (${seconds()})`), HEARTBEAT_MS);
  try {
    const result = await action();
    say(`  done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
