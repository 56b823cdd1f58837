/**
 * How Node runs the built program, everywhere: `npm start`, the container image and the benchmarks.
 * What a process keeps in memory would otherwise follow the size of the machine, not that of its work.
 */
export const NODE_FLAGS = [
  // Room for objects that die young, half of what V8 takes by itself. With less of it they grow old and are collected at a higher price.
  '--max-semi-space-size=16',
  // The heap is collected when it has grown by half, not when it has become four times as large.
  '--heap-growing-percent=50',
  // The compiler between the simple and the best one: what it leaves behind in memory is more than it gains in speed.
  '--no-maglev',
  // The query compiler, in WebAssembly, is compiled once and simply: it runs only for queries of a new form.
  '--liftoff-only',
  // One thread behind the main one, for compiling and collecting: more of them are more memory, and one process is made for one or two cores.
  '--v8-pool-size=1',
  // For one collection behind the start.
  '--expose-gc',
];
