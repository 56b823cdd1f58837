import { type StatementRecorder, statementRecorder } from './statement-recorder.js';
import { createTestApp } from './test-app.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from './test-database.js';
import { TenantWorld } from './tenant-world.js';

export interface RecordedWorld {
  database: TestDatabase;
  recorder: StatementRecorder;
  world: TenantWorld;
  close(): Promise<void>;
}

/**
 * An application whose statements are recorded, on a database of its own: the statistics of its tables decide how they
 * are read, and are not changed by other tests.
 */
export async function createRecordedWorld(): Promise<RecordedWorld> {
  const database = await createTestDatabase();
  const recorder = await statementRecorder(database.appUrl);
  const app = await createTestApp({
    DATABASE_URL: recorder.url,
    DATABASE_PLATFORM_URL: database.platformUrl,
    DATABASE_WORKER_URL: database.workerUrl,
  });
  return {
    database,
    recorder,
    world: await TenantWorld.create(app),
    async close() {
      await app.close();
      await recorder.close();
      await dropTestDatabase(database);
    },
  };
}
