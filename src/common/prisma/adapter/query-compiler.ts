import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Prisma's query compiler: a JavaScript module that contains one base64 string. */
const ENCODED = '@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.js';

/** A `WebAssembly.Module`; its type is only in the DOM library. */
type WasmModule = object;

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { compile(bytes: Uint8Array): Promise<WasmModule> };
};

interface CompilerLoader {
  getQueryCompilerWasmModule: () => Promise<WasmModule>;
}

/**
 * Loads Prisma's query compiler from its file. Prisma would import it as a module, and Node retains imported modules:
 * megabytes of text that are never used again. All clients share the compiled module. This uses private API of an
 * exactly pinned Prisma. If it differs from what is expected, Prisma's own loader is kept.
 */
export function loadCompilerLean(client: object): void {
  const loader = (client as { _engineConfig?: { compilerWasm?: Partial<CompilerLoader> } })._engineConfig?.compilerWasm;
  const theirs = loader?.getQueryCompilerWasmModule;
  if (typeof theirs !== 'function') return;
  loader!.getQueryCompilerWasmModule = async () => (await readCompiler()) ?? theirs();
}

/** Returns undefined if the file is missing or has an unexpected format. */
export async function readCompiler(): Promise<WasmModule | undefined> {
  const text = await readFile(createRequire(import.meta.url).resolve(ENCODED), 'latin1').catch(() => '');
  const start = text.indexOf('"AGFzbQ') + 1;
  const end = text.indexOf('"', start);
  if (start === 0 || end < 0) return undefined;
  return WebAssembly.compile(Buffer.from(text.slice(start, end), 'base64'));
}
