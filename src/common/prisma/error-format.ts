import type { Config } from '../config/config.js';

/**
 * Whether Prisma's errors quote the source that called it: in development alone. Prisma itself would ask `process.env.NODE_ENV`,
 * which need not be set.
 */
export function errorFormat({ NODE_ENV }: Pick<Config, 'NODE_ENV'>): 'colorless' | 'minimal' {
  return NODE_ENV === 'development' ? 'colorless' : 'minimal';
}
