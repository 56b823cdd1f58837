import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SandboxLanguages } from './process/sandbox-protocol.types.js';
import { MAX_SCRIPT_MEMORY_BYTES } from './script.types.js';

/** The languages of one kind of sandbox process. */
export interface SandboxKind {
  readonly languages: SandboxLanguages;
  /** Folders that the process may read. */
  readonly folders: readonly string[];
  /** Limit of V8's heap. */
  readonly heapBytes: number;
  /**
   * Memory it may use in addition to that of an idle process: heap, WebAssembly, and what V8 needs for garbage
   * collection.
   */
  readonly memoryBytes: number;
}

const require = createRequire(import.meta.url);
const WASMOON = dirname(require.resolve('wasmoon/package.json'));
const JSONATA = dirname(require.resolve('jsonata/package.json'));
// Its package does not export its package.json.
const CEL = join(dirname(require.resolve('@marcbachmann/cel-js')), '..');

/** Has no imports, so that a sandbox process can load it directly. */
const TIMES = new URL(
  `../../../common/values/timestamps.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/** Lua and JSONata. */
export const SCRIPTS: SandboxKind = {
  languages: { wasmoon: pathToFileURL(join(WASMOON, 'dist/index.js')).href, jsonata: join(JSONATA, 'jsonata.min.js') },
  folders: [WASMOON, JSONATA],
  heapBytes: MAX_SCRIPT_MEMORY_BYTES,
  memoryBytes: 2 * MAX_SCRIPT_MEMORY_BYTES,
};

/** CEL. */
export const CONDITIONS: SandboxKind = {
  languages: { cel: pathToFileURL(join(CEL, 'lib/index.js')).href, times: TIMES.href },
  folders: [CEL, dirname(fileURLToPath(TIMES))],
  heapBytes: MAX_SCRIPT_MEMORY_BYTES / 2,
  memoryBytes: MAX_SCRIPT_MEMORY_BYTES,
};
