import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/**
 * What takes longest, with that first. At the end of a run one processor would wait for it. Without times of an earlier run Jest goes
 * by the size of files, and these are small.
 */
const LONGEST = [
  'test/scripts/module-new.spec.ts',
  'test/schema-engine/migrate.spec.ts',
  'test/isolation/matrix/matrix.spec.ts',
  'test/isolation/pgbouncer/matrix.spec.ts',
  'test/scripts/start.spec.ts',
  'test/isolation/foreign-ids.spec.ts',
];

export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const others = await super.sort(tests);
    const rankOf = ({ path, context }) => {
      const rank = LONGEST.findIndex((file) => path === join(context.config.rootDir, file));
      return rank === -1 ? LONGEST.length : rank;
    };
    const missing = tests[0] && LONGEST.filter((file) => !existsSync(join(tests[0].context.config.rootDir, file)));
    if (missing?.length)
      throw new Error(`test/support/longest-first.mjs names what is not there: ${missing.join(', ')}`);
    return others.sort((one, other) => rankOf(one) - rankOf(other));
  }
}
