// Runs inside sandbox processes, as TypeScript in tests: erasable syntax only, and only type imports.

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Missing from Node's types. */
declare const WebAssembly: { Memory: { prototype: WasmMemory } };

/** Limit of one instance: the maximum memory of a script, its input, and fragmentation. */
const MAX_BYTES = 100_663_296;
const PAGE_BYTES = 65_536;

let isExhausted = false;

/**
 * Limits every WebAssembly instance to 96 MiB from now on. Lua's allocator counts only what a script holds; the memory
 * behind it grows by more, and before the script runs nothing is counted.
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

/** Returns whether an instance asked for more memory than allowed since the last call. */
export function wasExhausted(): boolean {
  const was = isExhausted;
  isExhausted = false;
  return was;
}
