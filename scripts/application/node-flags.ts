/**
 * Node's flags for the built application, used by `npm start`, the container image and the benchmarks. Without them
 * memory usage would depend on the size of the machine, not of the work.
 */
export const NODE_FLAGS = [
  // Room for short-lived objects, half of V8's default. With less, more of them survive and are more expensive to
  // collect.
  '--max-semi-space-size=16',
  // The heap is collected when it has grown by half, instead of when it has become four times as large.
  '--heap-growing-percent=50',
  // Disables the middle-tier compiler, which costs more memory than its speed is worth.
  '--no-maglev',
  // The query compiler, in WebAssembly, is compiled once and without optimization: it only runs for new forms of
  // queries.
  '--liftoff-only',
  // One background thread for compilation and garbage collection: more threads need more memory, and a process is made
  // for one or two cores.
  '--v8-pool-size=1',
  // For one garbage collection after the start.
  '--expose-gc',
];
