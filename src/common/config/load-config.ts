import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Config } from './config.js';

/** All problems of the environment in one error. `message` is meant for operators and contains no values. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example.`,
    );
    this.name = 'ConfigError';
  }
}

/** Reads `<NAME>_FILE` variables and drops empty ones, so that `NAME=` in a .env file means "not set". */
function readEnvironment(environment: NodeJS.ProcessEnv, problems: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(new Config())) {
    const value = environment[name];
    const file = environment[`${name}_FILE`];
    if (value) values[name] = value;
    else if (file) {
      try {
        values[name] = readFileSync(file, 'utf8').trim();
      } catch (error) {
        problems.push(`${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
      }
    }
  }
  return values;
}

/**
 * Parses and validates the environment.
 * @throws ConfigError listing every problem.
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const config = plainToInstance(Config, readEnvironment(environment, problems), { exposeDefaultValues: true });
  for (const error of validateSync(config)) {
    const missing = config[error.property as keyof Config] === undefined;
    problems.push(missing ? `${error.property} is missing` : Object.values(error.constraints ?? {}).join('; '));
  }
  problems.push(...contradictions(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** Returns the problems of values that are valid alone but contradict each other. */
function contradictions(config: Config): string[] {
  const checks: [isWrong: boolean, problem: string][] = [
    [
      Boolean(config.PLATFORM_ADMIN_EMAIL) !== Boolean(config.PLATFORM_ADMIN_PASSWORD),
      'PLATFORM_ADMIN_EMAIL and PLATFORM_ADMIN_PASSWORD must be set together',
    ],
    [config.PORT !== 0 && config.PORT === config.METRICS_PORT, 'PORT and METRICS_PORT must differ'],
    [
      config.DATABASE_POOL_MIN > config.DATABASE_POOL_MAX,
      'DATABASE_POOL_MIN must not be greater than DATABASE_POOL_MAX',
    ],
    [
      config.DRAIN_DELAY_MS >= config.SHUTDOWN_TIMEOUT_MS,
      'DRAIN_DELAY_MS must be less than SHUTDOWN_TIMEOUT_MS, or no request could finish',
    ],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, problem]) => problem);
}
