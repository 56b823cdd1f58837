/**
 * Rejects when the engine has stopped working. A panic inside WebAssembly does not reject the call that caused it:
 * it surfaces as an uncaught error somewhere else, and its reason goes to a registry that the engine expects to find.
 */
export function engineCrash(): Promise<never> {
  let panic: string | undefined;
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => (panic = message) } });

  const crash = new Promise<never>((_resolve, reject) => {
    process.on('uncaughtException', (error) =>
      reject(panic ? new Error(`The schema engine panicked: ${panic}`) : error),
    );
    // Nothing is left to wait for, and yet a request may be open.
    process.once('beforeExit', () => reject(new Error('The schema engine stopped without an answer.')));
  });
  // It may happen while no request waits for it.
  crash.catch(() => undefined);
  return crash;
}
