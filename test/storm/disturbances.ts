import { setTimeout as delay } from 'node:timers/promises';
import { withClient } from '../../scripts/db/connect.ts';
import { type EmbeddedPostgres, useEmbeddedPostgres } from '../../scripts/embedded/embedded-postgres.ts';
import { resolveLocation } from '../../scripts/embedded/location.ts';
import { findPostmaster } from '../../scripts/embedded/postmaster.ts';
import type { Program } from '../support/program.js';
import { startProgram } from '../support/program.js';
import type { TestDatabase } from '../support/test-database.js';

/** Between the end of PostgreSQL and its next start. */
const AWAY_MS = 700;

/** What a storm kills: workers, and a PostgreSQL of its own. */
export class Disturbances {
  readonly #workers: Program[] = [];
  /** Workers that are being started. */
  readonly #coming = new Set<Promise<void>>();
  #isOver = false;

  private constructor(
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
    private readonly startWorker: () => Promise<Program>,
  ) {}

  /** @param folder of the embedded PostgreSQL that the storm has to itself. */
  static async create(folder: string, database: TestDatabase, workers: number): Promise<Disturbances> {
    const start = (): Promise<Program> =>
      startProgram(database, { APP_ROLE: 'worker', WORKFLOW_HTTP_ALLOWED_HOSTS: ['127.0.0.1'] });
    const storm = new Disturbances(folder, await useEmbeddedPostgres(folder), start);
    for (let n = 0; n < workers; n += 1) storm.#workers.push(await start());
    return storm;
  }

  /** One after the other, over and over: the n-th. */
  async cause(n: number): Promise<void> {
    const all = [
      () => this.#killWorker(),
      () => this.#crashSession(),
      () => this.#killWorker(),
      () => this.#stopServer(),
    ];
    await all[n % all.length]!();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#coming);
    for (const worker of this.#workers.splice(0)) {
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    await this.server.release();
  }

  /** Another one takes its place in a while. */
  async #killWorker(): Promise<void> {
    const victim = this.#workers.shift();
    if (!victim) return;
    victim.child.kill('SIGKILL');
    await victim.ended;
    const coming = this.#comeUp().finally(() => this.#coming.delete(coming));
    this.#coming.add(coming);
  }

  /** As an orchestrator does it: a start that meets no database is repeated. */
  async #comeUp(): Promise<void> {
    while (!this.#isOver) {
      try {
        this.#workers.push(await this.startWorker());
        return;
      } catch {
        await delay(200);
      }
    }
  }

  /** PostgreSQL loses one of its processes, ends all sessions and recovers. */
  async #crashSession(): Promise<void> {
    const pid = await withClient(this.server.adminUrl, async (admin) => {
      const { rows } = await admin.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE usename LIKE 'tenantry%' ORDER BY random() LIMIT 1`,
      );
      return rows[0]?.pid;
    });
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  /** PostgreSQL ends at once, as in a crash of its machine, and is away for a while. */
  async #stopServer(): Promise<void> {
    const postmaster = findPostmaster(resolveLocation(this.folder));
    if (postmaster) process.kill(postmaster.pid, 'SIGQUIT');
    await delay(AWAY_MS);
    while (!(await this.server.revive()) && !findPostmaster(resolveLocation(this.folder))) await delay(50);
  }
}
