import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OperatorError } from '../db/connect.ts';
import { DIST } from './prepare.ts';

interface ConfigurationModule {
  loadConfig(environment: NodeJS.ProcessEnv): unknown;
  ConfigError: new (problems: string[]) => Error;
}

/**
 * Asks the built application whether it accepts this environment, before any database is changed.
 * @throws OperatorError with every problem.
 */
export async function checkConfiguration(changes: NodeJS.ProcessEnv): Promise<void> {
  await import('reflect-metadata');
  const file = join(DIST, 'src', 'common', 'config', 'load-config.js');
  const { loadConfig, ConfigError } = (await import(pathToFileURL(file).href)) as ConfigurationModule;
  try {
    loadConfig({ ...process.env, ...changes });
  } catch (error) {
    if (error instanceof ConfigError) throw new OperatorError(error.message);
    throw error;
  }
}
