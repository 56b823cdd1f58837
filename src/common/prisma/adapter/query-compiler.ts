import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Prisma's query compiler as text: a JavaScript module of one string, in base64. */
const ENCODED = '@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.js';

/** A `WebAssembly.Module`; its type would come with those of browsers. */
type WasmModule = object;

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { compile(bytes: Uint8Array): Promise<WasmModule> };
};

interface CompilerLoader {
  getQueryCompilerWasmModule: () => Promise<WasmModule>;
}

/**
 * Loads Prisma's query compiler from its file. Prisma would import that as a module, and Node keeps what it has imported: megabytes of
 * text that nobody reads again. All clients share what is loaded first.
 * This is private API of an exactly pinned Prisma. Where it is not as expected, Prisma's own way stays.
 */
export function loadCompilerLean(client: object): void {
  const loader = (client as { _engineConfig?: { compilerWasm?: Partial<CompilerLoader> } })._engineConfig?.compilerWasm;
  const theirs = loader?.getQueryCompilerWasmModule;
  if (typeof theirs !== 'function') return;
  loader!.getQueryCompilerWasmModule = async () => (await readCompiler()) ?? theirs();
}

/** Undefined when the file is not there or not what it was. */
export async function readCompiler(): Promise<WasmModule | undefined> {
  const text = await readFile(createRequire(import.meta.url).resolve(ENCODED), 'latin1').catch(() => '');
  const start = text.indexOf('"AGFzbQ') + 1;
  const end = text.indexOf('"', start);
  if (start === 0 || end < 0) return undefined;
  return WebAssembly.compile(Buffer.from(text.slice(start, end), 'base64'));
}
