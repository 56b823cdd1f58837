import { join } from 'node:path';
import { MAIN, prepare } from '../../scripts/application/prepare.ts';
import type { Config } from '../../src/common/config/config.js';
import { ScriptProcess } from './script-process.js';
import { testConfig } from './test-config.js';
import type { TestDatabase } from './test-database.js';

export interface Program extends ScriptProcess {
  origin: string;
}

/** The program as it is deployed, as a process of its own; resolves when it is ready. End it when done. */
export async function startProgram(
  database: TestDatabase,
  overrides: Partial<Config> = {},
  { clockShiftMs }: { clockShiftMs?: number } = {},
): Promise<Program> {
  await prepare();
  const config = testConfig(database, { LOG_LEVEL: 'info', ...overrides });
  const set = Object.entries(config).filter(([, value]) => value !== undefined && String(value) !== '');
  const shift = clockShiftMs === undefined ? [] : ['--import', join(import.meta.dirname, 'shifted-clock.mjs')];
  const program = new ScriptProcess(process.execPath, [...shift, MAIN], {
    env: {
      PATH: process.env['PATH'],
      ...Object.fromEntries(set.map(([name, value]) => [name, String(value)])),
      ...(clockShiftMs !== undefined && { CLOCK_SHIFT_MS: String(clockShiftMs) }),
    },
  });
  const { port } = JSON.parse(await program.line(/"msg":"ready"/)) as { port: number };
  return Object.assign(program, { origin: `http://127.0.0.1:${port}` });
}
