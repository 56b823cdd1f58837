import type { Prisma, PrismaClient } from '../../generated/prisma/client.js';
import { type AttemptKeys, type Closure, type FailedAttempts, SIGN_IN_POLICY } from './sign-in-lock.js';

/** Maximum rows of a table; the oldest are deleted first. Guessing is far too slow to push relevant rows out. */
const MAX_ROWS = 50_000;
/** Interval at which expired rows are deleted, in failures counted by this process. */
const PRUNE_EVERY = 100;
const PRUNE_ROWS = 1000;

type Client = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>;

/** Counts failed sign-ins of a tenant's users or of platform admins, one row per counter, by the database's clock. */
export abstract class SignInCounters implements FailedAttempts {
  #counted = 0;

  /**
   * @param table the name of the table.
   * @param primaryKey its primary key's columns.
   */
  protected constructor(
    private readonly client: Client,
    private readonly table: Prisma.Sql,
    private readonly primaryKey: Prisma.Sql,
  ) {}

  async closedForMs({ own, name }: AttemptKeys): Promise<{ own: number; name: number }> {
    const rows = await this.client.$queryRaw<{ key: string; ms: number }[]>`
      SELECT identifier_hash AS key, (extract(epoch FROM locked_until - now()) * 1000)::float8 AS ms
      FROM ${this.table} WHERE identifier_hash IN (${own}, ${name ?? own}) AND locked_until > now()`;
    const msOf = (wanted: string | null): number => rows.find(({ key }) => key === wanted)?.ms ?? 0;
    return { own: msOf(own), name: msOf(name) };
  }

  async count({ own, name }: AttemptKeys): Promise<Closure[]> {
    const { maxFailures, maxFailuresOfName, windowMs, lockMs } = SIGN_IN_POLICY;
    // Always the counter of the network first, so that two statements cannot deadlock.
    const [keys, names] =
      name === null
        ? [[own], [null]]
        : [
            [own, name],
            [name, null],
          ];
    // An expired lock or window starts a new count.
    const counters = await this.client.$queryRaw<{ key: string; isClosedNow: boolean }[]>`
      INSERT INTO ${this.table} AS a (identifier_hash, name_hash, failures, window_started_at)
      SELECT c.key, c.name, 1, now() FROM unnest(${keys}::text[], ${names}::text[]) AS c (key, name)
      ON CONFLICT (${this.primaryKey}) DO UPDATE SET
        (failures, window_started_at, locked_until) = (
          SELECT n.failures, n.started,
                 CASE WHEN n.failures >= CASE WHEN a.identifier_hash = ${name} THEN ${maxFailuresOfName}::int ELSE ${maxFailures}::int END
                   THEN now() + ${lockMs} * interval '1 millisecond' END
          FROM (SELECT CASE WHEN is_over THEN 1 ELSE a.failures + 1 END AS failures,
                       CASE WHEN is_over THEN now() ELSE a.window_started_at END AS started
                FROM (SELECT a.locked_until < now()
                        OR a.window_started_at < now() - ${windowMs} * interval '1 millisecond' AS is_over) w) n)
      RETURNING identifier_hash AS key,
        failures = CASE WHEN identifier_hash = ${name} THEN ${maxFailuresOfName}::int ELSE ${maxFailures}::int END AS "isClosedNow"`;
    this.#counted += 1;
    if (this.#counted % PRUNE_EVERY === 0) await this.prune();
    return counters.filter(({ isClosedNow }) => isClosedNow).map(({ key }) => (key === name ? 'name' : 'own'));
  }

  async forget(own: string): Promise<void> {
    await this.client.$executeRaw`DELETE FROM ${this.table} WHERE identifier_hash = ${own}`;
  }

  async forgetName(name: string): Promise<void> {
    await this.client.$executeRaw`DELETE FROM ${this.table} WHERE identifier_hash = ${name} OR name_hash = ${name}`;
  }

  /** Deletes expired rows, and the oldest beyond `maxRows`, a limited number at a time. */
  async prune(maxRows = MAX_ROWS): Promise<void> {
    await this.client.$executeRaw`
      DELETE FROM ${this.table} WHERE identifier_hash IN (
        (SELECT identifier_hash FROM ${this.table}
         WHERE window_started_at < now() - ${SIGN_IN_POLICY.windowMs} * interval '1 millisecond'
           AND (locked_until IS NULL OR locked_until < now())
         ORDER BY window_started_at LIMIT ${PRUNE_ROWS}::int)
        UNION ALL
        (SELECT identifier_hash FROM ${this.table}
         ORDER BY window_started_at DESC OFFSET ${maxRows}::int LIMIT ${PRUNE_ROWS}::int))`;
  }
}
