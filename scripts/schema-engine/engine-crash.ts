/**
 * Rejects when the engine can no longer respond. A panic inside WebAssembly does not reject the call that caused it: it
 * surfaces as an uncaught error elsewhere, and its reason goes to a registry that the engine expects to exist.
 * @param onSignal called before a signal ends the process.
 */
export function engineCrash(onSignal: () => Promise<void>): Promise<never> {
  let panic: string | undefined;
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => (panic = message) } });

  const crash = new Promise<never>((_resolve, reject) => {
    process.on('uncaughtException', (error) =>
      reject(panic === undefined ? error : new Error(`The schema engine panicked: ${panic}`)),
    );
    // Nothing keeps the process running, although a request may be open.
    process.once('beforeExit', () => reject(new Error('The schema engine stopped without a response.')));
    // The CLI closes the input and sends SIGTERM at the same time; a terminal sends SIGINT to both.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.once(signal, () => {
        reject(new Error(`The schema engine was interrupted by ${signal}.`));
        // Not immediately: an open request is answered first.
        void onSignal().finally(() => setImmediate(() => process.exit(0)));
      });
    }
  });
  // It may reject while no request waits for it.
  crash.catch(() => undefined);
  return crash;
}
