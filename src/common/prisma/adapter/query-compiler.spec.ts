import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../../generated/prisma/client.js';
import { loadCompilerLean, readCompiler } from './query-compiler.js';

type Loader = { getQueryCompilerWasmModule: () => Promise<object> };

const { Module } = (
  globalThis as unknown as { WebAssembly: { Module: Record<'exports' | 'imports', (of: object) => object[]> } }
).WebAssembly;

const loaderOf = (client: PrismaClient): Loader =>
  (client as unknown as { _engineConfig: { compilerWasm: Loader } })._engineConfig.compilerWasm;

describe('the query compiler', () => {
  it('is read from its file as Prisma itself loads it', async () => {
    const client = new PrismaClient({ adapter: new PrismaPg('postgresql://nobody@127.0.0.1:1/nothing') });
    const theirs = await loaderOf(client).getQueryCompilerWasmModule();
    loadCompilerLean(client);
    const ours = await loaderOf(client).getQueryCompilerWasmModule();
    expect(await readCompiler()).toBeDefined();
    expect(Module.exports(ours)).toEqual(Module.exports(theirs));
    expect(Module.imports(ours)).toEqual(Module.imports(theirs));
  });

  it('is left to a Prisma that has changed inside', () => {
    expect(() => loadCompilerLean({ _engineConfig: {} })).not.toThrow();
  });
});
