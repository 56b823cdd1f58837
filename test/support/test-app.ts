import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { Config } from '../../src/common/config/config.js';
import { configureApp } from '../../src/request-pipeline.js';
import { LOG_DESTINATION } from '../../src/common/logging/logging.module.js';
import { testConfig } from './test-config.js';
import { testDatabase } from './test-database.js';

export interface TestApp {
  app: NestExpressApplication;
  /** Sends requests to the running application. */
  http: ReturnType<typeof supertest.agent>;
  config: Config;
  /** Lines logged so far; with the level `silent`, the default, there are none. */
  log: Array<Record<string, unknown>>;
  close(): Promise<void>;
}

/**
 * The whole application on this Jest worker's database, listening on a free port.
 * It is an api process by default (`APP_ROLE: 'all'` also runs jobs), silent and without rate limits.
 * @param modules additional modules of the test, with controllers of its own.
 */
export async function createTestApp(overrides: Partial<Config> = {}, modules: Type[] = []): Promise<TestApp> {
  const config = testConfig(await testDatabase(), overrides);
  const log: Array<Record<string, unknown>> = [];
  const testing = await Test.createTestingModule({ imports: [AppModule, ...modules] })
    .overrideProvider(Config)
    .useValue(config)
    .overrideProvider(LOG_DESTINATION)
    .useValue({ write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) })
    .compile();
  const app = testing.createNestApplication<NestExpressApplication>({ bodyParser: false, bufferLogs: true });
  configureApp(app);
  try {
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await app.close();
    throw error;
  }
  return { app, http: supertest.agent(app.getHttpServer()), config, log, close: () => app.close() };
}
