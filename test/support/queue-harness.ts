import { randomUUID } from 'node:crypto';
import { Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { Config } from '../../src/common/config/config.js';
import { ConfigModule } from '../../src/common/config/config.module.js';
import type { EnqueueOptions } from '../../src/common/queue/enqueue-options.js';
import {
  type HandlesTasks,
  TaskHandler,
  type TaskPayload,
  type RunningTask,
} from '../../src/common/queue/task-handler.js';
import { QueueModule } from '../../src/common/queue/queue.module.js';
import { QueueService } from '../../src/common/queue/queue.service.js';
import { DbalModule } from '../../src/common/dbal/dbal.module.js';
import { PrismaModule } from '../../src/common/prisma/prisma.module.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { TenancyModule } from '../../src/common/tenancy/tenancy.module.js';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';
import { testConfig } from './test-config.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from './test-database.js';
import { adminPool } from './admin-pool.js';

interface Call {
  tenantId: string | undefined;
  payload: TaskPayload;
  /** Slugs of the tenants that the handler's queries could see. */
  sees: string[];
  attempt: number;
}

/** Remembers what it was called with, and lets tests decide how a call goes on. */
export class Recorder {
  readonly calls: Call[] = [];
  behave: (payload: TaskPayload) => Promise<void> = () => Promise.resolve();
  #waiting: { count: number; resolve: () => void }[] = [];

  record(call: Call): void {
    this.calls.push(call);
    this.#waiting = this.#waiting.filter(({ count, resolve }) => this.calls.length < count || resolve());
  }

  async reach(count: number): Promise<void> {
    if (this.calls.length < count) await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
  }
}

@TaskHandler('test.echo')
class EchoTask implements HandlesTasks {
  constructor(
    private readonly recorder: Recorder,
    private readonly prisma: PrismaService,
    private readonly tenants: TenantContext,
  ) {}

  async handle(payload: TaskPayload, job: RunningTask): Promise<void> {
    const seen = await this.prisma.tenant.findMany({ select: { slug: true } });
    const tenantId = this.tenants.find()?.tenantId;
    this.recorder.record({ tenantId, payload, sees: seen.map(({ slug }) => slug), attempt: job.attempt });
    await this.recorder.behave(payload);
  }
}

@TaskHandler('test.platform')
class PlatformTask implements HandlesTasks {
  constructor(
    private readonly recorder: Recorder,
    private readonly prisma: PrismaService,
  ) {}

  async handle(_payload: TaskPayload, job: RunningTask): Promise<void> {
    const error = await this.prisma.user.findMany({ select: { id: true } }).catch((reason: unknown) => reason);
    this.recorder.record({ tenantId: undefined, payload: { error }, sees: [], attempt: job.attempt });
  }
}

@Module({
  imports: [ConfigModule, TenancyModule, PrismaModule, DbalModule, QueueModule],
  providers: [Recorder, EchoTask, PlatformTask],
})
export class QueueTestModule {}

export interface TaskRow {
  task: string;
  payload: { tenantId?: string; data: Record<string, unknown> };
  key: string | null;
  attempts: number;
  in_future: boolean;
  last_error: string | null;
}

/** A queue of the test's own, with programs that use it. */
export class QueueHarness {
  readonly #opened: TestingModule[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly admin: pg.Pool,
  ) {}

  static async open(): Promise<QueueHarness> {
    const database = await createTestDatabase();
    const admin = adminPool(database.adminUrl, 2);
    await admin.query(`INSERT INTO jobs.tenant_tasks VALUES ('test.echo')`);
    await admin.query(`INSERT INTO jobs.platform_tasks VALUES ('test.platform')`);
    return new QueueHarness(database, admin);
  }

  /** A program with the two handlers above; it runs jobs unless APP_ROLE says `api`. */
  async start(overrides: Record<string, string> = {}, module: Type = QueueTestModule): Promise<TestingModule> {
    const app = await Test.createTestingModule({ imports: [module] })
      .overrideProvider(Config)
      .useValue(testConfig(this.database, { APP_ROLE: 'all', ...overrides }))
      .compile();
    app.useLogger(false);
    this.#opened.push(app);
    return app.init();
  }

  async createTenant(status = 'ACTIVE'): Promise<{ id: string; slug: string }> {
    const id = randomUUID();
    const slug = `t-${id.slice(0, 8)}`;
    await this.admin.query(`INSERT INTO tenants (id, slug, name, schema_name, status) VALUES ($1, $2, $2, $2, $3)`, [
      id,
      slug,
      status,
    ]);
    return { id, slug };
  }

  enqueue(
    app: TestingModule,
    { id }: { id: string },
    task: string,
    payload: Record<string, unknown> = {},
    options: EnqueueOptions = {},
  ): Promise<void> {
    return app
      .get(TenantContext)
      .run({ tenantId: id, source: 'system' }, () => app.get(QueueService).enqueue(task, payload, options));
  }

  async jobsOf({ id }: { id: string }): Promise<TaskRow[]> {
    const { rows } = await this.admin.query<TaskRow>(
      `SELECT t.identifier AS task, j.payload, j.key, j.attempts, j.run_at > now() AS in_future, j.last_error
         FROM jobs._private_jobs j JOIN jobs._private_tasks t ON t.id = j.task_id
        WHERE j.payload ->> 'tenantId' = $1 ORDER BY j.id`,
      [id],
    );
    return rows;
  }

  /** Ends the programs of one test, and empties the queue. */
  async reset(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((app) => app.close()));
    await this.admin.query('DELETE FROM jobs._private_jobs');
  }

  async close(): Promise<void> {
    await this.admin.end();
    await dropTestDatabase(this.database);
  }
}
