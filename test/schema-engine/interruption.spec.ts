import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createEmptyDatabase, dropDatabase, PROJECT_ROOT, queryDatabase } from './prisma-project.js';

jest.setTimeout(60_000);

describe('the bridge to the Prisma CLI under a signal', () => {
  it('answers the open request with an error before it ends', async () => {
    const url = await createEmptyDatabase();
    const engine = spawn(
      join(PROJECT_ROOT, 'scripts/schema-engine/engine'),
      ['--datasource', JSON.stringify({ url })],
      {
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    try {
      const answers = createInterface({ input: engine.stdout })[Symbol.asyncIterator]();
      const ask = (id: number, method: string, params = {}): void =>
        void engine.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);

      ask(1, 'getDatabaseVersion');
      expect(JSON.parse(String((await answers.next()).value))).toMatchObject({
        id: 1,
        result: expect.stringContaining('PostgreSQL') as string,
      });

      // Longer than this test may take.
      ask(2, 'dbExecute', { script: 'SELECT pg_sleep(120)', datasourceType: { tag: 'url', url } });
      const running = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'`;
      while ((await queryDatabase(url, running)).length === 0);
      engine.kill('SIGTERM');
      expect(JSON.parse(String((await answers.next()).value))).toMatchObject({
        id: 2,
        error: { data: { message: 'The schema engine was interrupted by SIGTERM.' } },
      });
      if (engine.exitCode === null && engine.signalCode === null) await once(engine, 'exit');
      expect(engine.exitCode).toBe(0);
    } finally {
      engine.kill('SIGKILL');
      await dropDatabase(url);
    }
  });
});
