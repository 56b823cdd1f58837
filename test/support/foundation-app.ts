import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { Config } from '../../src/common/config/config.js';
import { ConfigModule } from '../../src/common/config/config.module.js';
import { configureApp } from '../../src/request-pipeline.js';
import { BodyGuard } from '../../src/common/http/body.guard.js';
import { ProblemFilter } from '../../src/common/http/problem.filter.js';
import { StrictValidationPipe } from '../../src/common/http/strict-validation.pipe.js';
import { HttpModule } from '../../src/common/http/http.module.js';
import { LOG_DESTINATION, LoggingModule } from '../../src/common/logging/logging.module.js';
import { TenancyModule } from '../../src/common/tenancy/tenancy.module.js';
import { TracingModule } from '../../src/common/tracing/tracing.module.js';
import { testConfig } from './test-config.js';

export interface FoundationApp {
  app: NestExpressApplication;
  http: ReturnType<typeof supertest.agent>;
  /** Lines logged so far. */
  log: Array<Record<string, unknown>>;
  close(): Promise<void>;
}

const NOWHERE = 'postgresql://nobody@127.0.0.1:1/nothing';

/** What of the request pipeline needs neither database nor identity. */
const PIPELINE = [
  { provide: APP_GUARD, useExisting: BodyGuard },
  { provide: APP_PIPE, useExisting: StrictValidationPipe },
  { provide: APP_FILTER, useExisting: ProblemFilter },
];

/**
 * What every route has, without database and identity: the real `configureApp` and the real HttpModule around
 * controllers of the test.
 */
export async function createFoundationApp(
  controllers: Type[],
  { config: overrides = {}, providers = [] }: { config?: Partial<Config>; providers?: Type[] } = {},
): Promise<FoundationApp> {
  const config = testConfig({ appUrl: NOWHERE, platformUrl: NOWHERE, workerUrl: NOWHERE }, overrides);
  const log: Array<Record<string, unknown>> = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const testing = await Test.createTestingModule({
    imports: [ConfigModule, LoggingModule, TracingModule, TenancyModule, HttpModule],
    controllers,
    providers: [...providers, ...PIPELINE],
  })
    .overrideProvider(Config)
    .useValue(config)
    .overrideProvider(LOG_DESTINATION)
    .useValue(destination)
    .compile();
  const app = testing.createNestApplication<NestExpressApplication>({ bodyParser: false, bufferLogs: true });
  configureApp(app);
  await app.listen(0, '127.0.0.1');
  return { app, http: supertest.agent(app.getHttpServer()), log, close: () => app.close() };
}
