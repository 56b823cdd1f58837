/**
 * How Node runs the built program, everywhere: `npm start`, the container image and the benchmarks.
 * What a process keeps in memory would otherwise follow the size of the machine, not that of its work.
 */
export const NODE_FLAGS = [
  // Room for objects that die young, half of what V8 takes by itself. With less of it requests cost more.
  '--max-semi-space-size=16',
  // The heap is collected when it has grown by half, not when it has become four times as large.
  '--heap-growing-percent=50',
  // For one collection behind the start.
  '--expose-gc',
];
