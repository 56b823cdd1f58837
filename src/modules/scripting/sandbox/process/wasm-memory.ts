// Runs inside sandbox processes, as TypeScript in tests: erasable syntax only, and no imports but of types.

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Not among the types of Node. */
declare const WebAssembly: { Memory: { prototype: WasmMemory } };

/** Of one instance: the most that a script may have, its input, and what the allocator loses between the pieces. */
const MAX_BYTES = 100_663_296;
const PAGE_BYTES = 65_536;

let isExhausted = false;

/**
 * No WebAssembly instance grows beyond 96 MiB from now on. Lua's allocator counts what a script holds; what it is held in grows by
 * more, and before the script runs, nobody counts.
 */
export function limitWasmMemory(): void {
  const known = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function grow(this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES > MAX_BYTES) {
      isExhausted = true;
      throw new RangeError('The memory cannot grow any further.');
    }
    try {
      return known.call(this, pages);
    } catch (error) {
      isExhausted = true;
      throw error;
    }
  };
}

/** Whether an instance wanted more than there is since this was asked the last time. */
export function wasExhausted(): boolean {
  const was = isExhausted;
  isExhausted = false;
  return was;
}
