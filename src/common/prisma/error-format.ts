import type { Config } from '../config/config.js';

/**
 * Includes the calling source code in Prisma's errors, in development only. Prisma itself would check
 * `process.env.NODE_ENV`, which may be unset.
 */
export function errorFormat({ NODE_ENV }: Pick<Config, 'NODE_ENV'>): 'colorless' | 'minimal' {
  return NODE_ENV === 'development' ? 'colorless' : 'minimal';
}
