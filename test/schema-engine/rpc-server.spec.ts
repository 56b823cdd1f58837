import { PassThrough } from 'node:stream';
import { parseEngineArguments } from '../../scripts/schema-engine/engine-arguments.ts';
import { serveRpc, type Procedure } from '../../scripts/schema-engine/rpc-server.ts';

async function ask(
  requests: object[],
  procedures: Record<string, Procedure>,
  crashed: Promise<never> = new Promise(() => undefined),
): Promise<unknown[]> {
  const input = new PassThrough();
  const output = new PassThrough();
  for (const request of requests) input.write(`${JSON.stringify(request)}\n`);
  input.end();
  await serveRpc(input, output, procedures, crashed);
  return String(output.read() ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

describe('the conversation of the bridge with the Prisma CLI', () => {
  it('answers one request after the other', async () => {
    const order: string[] = [];
    const slow = async (): Promise<string> => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('slow');
      return 'done';
    };
    const quick = async (): Promise<void> => void order.push('quick');
    expect(
      await ask(
        [
          { id: 1, method: 'slow' },
          { id: 2, method: 'quick' },
        ],
        { slow, quick },
      ),
    ).toEqual([
      { jsonrpc: '2.0', id: 1, result: 'done' },
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
    expect(order).toEqual(['slow', 'quick']);
  });

  it('answers an unknown method with an error, never with an empty success', async () => {
    expect(await ask([{ id: 1, method: 'constructor' }], {})).toMatchObject([{ id: 1, error: { code: -32601 } }]);
  });

  it("passes Prisma's code and details on", async () => {
    const failing = async (): Promise<never> => {
      throw Object.assign(new Error('no such database'), { code: 'P1003', meta: { name: 'x' } });
    };
    expect(await ask([{ id: 1, method: 'failing' }], { failing })).toMatchObject([
      { error: { data: { is_panic: false, message: 'no such database', error_code: 'P1003', meta: { name: 'x' } } } },
    ]);
  });

  it('answers the open request when the engine breaks down under it', async () => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const crashed = Promise.reject<never>(new Error('unreachable'));
    expect(await ask([{ id: 1, method: 'never' }], { never }, crashed)).toMatchObject([
      { id: 1, error: { data: { message: 'unreachable' } } },
    ]);
  });
});

describe('the command line of the bridge', () => {
  it('is read as the CLI writes it', () => {
    const datasource = JSON.stringify({ url: 'postgresql://a/b', shadowDatabaseUrl: 'postgresql://a/c' });
    expect(
      parseEngineArguments(['--datamodels', 'a.prisma', '--datamodels', 'b.prisma', '--datasource', datasource]),
    ).toEqual({
      mode: 'rpc',
      schemaFiles: ['a.prisma', 'b.prisma'],
      databaseUrl: 'postgresql://a/b',
      shadowDatabaseUrl: 'postgresql://a/c',
    });
    expect(parseEngineArguments(['--datasource', datasource, 'cli', 'create-database']).mode).toBe('create-database');
  });

  it.each([['--extension-types'], ['--enabled-preview-features'], ['cli', 'shrink-database']])(
    'is refused where the bridge would have to ignore it: %s %s',
    (...argv) => {
      expect(() => parseEngineArguments(argv)).toThrow();
    },
  );
});
