import type { Config } from '../config/config.js';

/**
 * How much Prisma's errors say. Beyond the reason they print the arguments, hashes of secrets among them: fine in development,
 * nothing for a log. Prisma itself would ask `process.env.NODE_ENV`, which need not be set.
 */
export function errorFormat({ NODE_ENV }: Pick<Config, 'NODE_ENV'>): 'colorless' | 'minimal' {
  return NODE_ENV === 'development' ? 'colorless' : 'minimal';
}
