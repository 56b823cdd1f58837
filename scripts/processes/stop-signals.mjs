const DUPLICATE_MS = 500;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Calls `handler` for the first request to stop, and again with `forced` for a second Ctrl-C. Other signals are
 * ignored: a repeated SIGTERM changes nothing, and one Ctrl-C under npm sends two SIGINT (from the terminal and from
 * npm).
 * @param {(signal: NodeJS.Signals, forced: boolean) => void} handler
 * @returns {() => void} restores the previous behaviour of the signals.
 */
export function onStopSignals(handler) {
  let stopping = false;
  let interruptedAt = null;
  const listeners = STOP_SIGNALS.map((name) => {
    const listener = () => {
      const now = performance.now();
      const isDuplicate = name !== 'SIGINT' || (interruptedAt !== null && now - interruptedAt < DUPLICATE_MS);
      const isSecondInterrupt = !isDuplicate && interruptedAt !== null;
      if (name === 'SIGINT') interruptedAt ??= now;
      if (!stopping) {
        stopping = true;
        handler(name, false);
      } else if (isSecondInterrupt) {
        handler(name, true);
      }
    };
    process.on(name, listener);
    return [name, listener];
  });
  return () => listeners.forEach(([name, listener]) => process.off(name, listener));
}
