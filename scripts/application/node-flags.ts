/**
 * How Node runs the built program, everywhere: `npm start`, the container image and the benchmarks.
 * What a process keeps in memory would otherwise follow the size of the machine, not that of its work.
 */
export const NODE_FLAGS = [
  // Room for objects that die young; more of it buys hardly any speed.
  '--max-semi-space-size=8',
  // The heap is collected when it has grown by half, not when it has become four times as large.
  '--heap-growing-percent=50',
  // For one collection behind the start.
  '--expose-gc',
];
