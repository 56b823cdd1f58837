import { type PgBouncer, hasPgBouncer, keepsPreparedStatements, startPgBouncer } from '../../support/pgbouncer.js';
import { testDatabase } from '../../support/test-database.js';
import { pooler } from '../tenancy-harness.js';

/*
 * Imported before a suite, this sends the suite's queries through PgBouncer in transaction mode, where all of them share one
 * server connection: what one tenant left behind there, the next would find.
 */

if (hasPgBouncer) {
  let bouncer: PgBouncer;
  beforeAll(async () => {
    bouncer = await startPgBouncer(await testDatabase());
    pooler.current = {
      DATABASE_URL: bouncer.appUrl,
      DATABASE_PLATFORM_URL: bouncer.platformUrl,
      DATABASE_NAMED_STATEMENTS: keepsPreparedStatements(),
    };
  });
  afterAll(() => bouncer.stop());
} else {
  process.stderr.write(
    '\nSKIPPED: isolation through PgBouncer, because pgbouncer is not installed (Debian: apt-get install pgbouncer).\n',
  );
}

/** Registers a suite's tests, or one visibly skipped test where PgBouncer is missing. */
export async function registerThroughPgBouncer(suite: () => Promise<unknown>): Promise<void> {
  if (hasPgBouncer) {
    pooler.used = true;
    await suite();
  } else {
    it.skip('through PgBouncer: it is not installed', () => undefined);
  }
}
