import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { parseDatabaseUrl, type ConnectionTarget } from './connection-url.ts';
import { openEngineAdapter } from './engine-adapter.ts';
import { offlineAdapter } from './offline-adapter.ts';
import { acquireShadowDatabase, type ShadowDatabase } from './shadow-database.ts';

const NO_DATABASE = 'This command needs a database: set DATABASE_OWNER_URL.';

/**
 * Provides connections to the schema engine. Prisma's own factory is not used for shadow databases: built from a URL,
 * it replays migrations in the main database.
 */
export class EngineAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  private readonly main: ConnectionTarget | undefined;
  private readonly shadow: ConnectionTarget | undefined;
  private readonly adapters = new Set<SqlDriverAdapter>();
  private readonly shadows = new Set<ShadowDatabase>();

  constructor(databaseUrl: string | undefined, shadowDatabaseUrl: string | undefined) {
    this.main = databaseUrl === undefined ? undefined : parseDatabaseUrl(databaseUrl);
    this.shadow = shadowDatabaseUrl === undefined ? undefined : parseDatabaseUrl(shadowDatabaseUrl);
  }

  /** Returns the database of the CLI's datasource. @throws Error if the command has none. */
  mainTarget(): ConnectionTarget {
    if (!this.main) throw new Error(NO_DATABASE);
    return this.main;
  }

  async connect(): Promise<SqlDriverAdapter> {
    return this.main ? this.open(this.main, async () => undefined) : offlineAdapter(NO_DATABASE);
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const shadow = await acquireShadowDatabase(this.mainTarget(), this.shadow);
    this.shadows.add(shadow);
    return this.open(shadow.target, () => this.release(shadow));
  }

  /** Closes connections that the engine has left open. No query may be running. */
  async close(): Promise<void> {
    await Promise.all([...this.adapters].map((adapter) => adapter.dispose()));
    await this.abort();
  }

  /** Drops the shadow databases that the engine has not released, even if queries still run in them. */
  async abort(): Promise<void> {
    await Promise.allSettled([...this.shadows].map((shadow) => this.release(shadow)));
  }

  private async open(target: ConnectionTarget, released: () => Promise<void>): Promise<SqlDriverAdapter> {
    const adapter = await openEngineAdapter(target);
    this.adapters.add(adapter);
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      // Both the engine and `close` may call this.
      if (!this.adapters.delete(adapter)) return;
      await dispose();
      await released();
    };
    return adapter;
  }

  private async release(shadow: ShadowDatabase): Promise<void> {
    if (this.shadows.delete(shadow)) await shadow.release();
  }
}
