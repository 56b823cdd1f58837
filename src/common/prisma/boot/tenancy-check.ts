import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { PlatformPrismaService } from '../platform-prisma.service.js';
import { sqlStateOf, toAppError } from '../prisma-errors.js';
import { PrismaService } from '../prisma.service.js';
import { SchemaStateService } from '../schema-state.js';
import { findLeaks } from './leak-self-test.js';
import { checkRole } from './role-check.js';
import { StartupError } from '../../errors/startup.error.js';

/** SQLSTATEs of a missing schema or function: no migration has been applied yet. */
const NOT_MIGRATED = ['3F000', '42883', '42P01'];
/** SQLSTATEs of a wrong password or role, and of a missing database. */
const NOT_ADMITTED = ['28P01', '28000', '3D000', '42501'];

/** Refuses to start if tenants would not be isolated, or if the schema is not the one that this build needs. */
@Injectable()
export class TenancyCheck implements OnModuleInit {
  readonly #logger = new Logger(TenancyCheck.name);

  constructor(
    private readonly prisma: PrismaService,
    private readonly platform: PlatformPrismaService,
    private readonly schema: SchemaStateService,
    private readonly tenants: TenantContext,
  ) {}

  async onModuleInit(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      throw asStartupError(error);
    }
  }

  /** @throws StartupError listing every problem. */
  async run(): Promise<void> {
    const state = await this.schema.check();
    if (!state.ok) throw new StartupError([state.detail]);

    const app = await checkRole(this.prisma.pool, 'DATABASE_URL');
    const platform = await checkRole(this.platform.pool, 'DATABASE_PLATFORM_URL');
    const problems = [...app.problems, ...platform.problems, ...(await this.#unprotectedTables())];
    if (problems.length > 0) throw new StartupError(problems);

    const leaks = await findLeaks(this.prisma, this.tenants);
    if (leaks.length > 0) throw new StartupError(leaks.map((leak) => `The isolation self-test failed: ${leak}.`));

    if (!app.floor || !platform.floor) {
      this.#logger.warn(
        'The injection floor is off: the application role may call set_config. To turn it on, run npm run db:setup as a superuser.',
      );
    }
  }

  async #unprotectedTables(): Promise<string[]> {
    const { rows } = await this.prisma.pool.query<{ table_name: string; problem: string }>(
      'SELECT table_name, problem FROM app.unprotected_tables()',
    );
    return rows.map(
      ({ table_name, problem }) =>
        `Table ${table_name} is not protected: ${problem}. Add SELECT app.protect_table('${table_name}'); to a migration.`,
    );
  }
}

function asStartupError(error: unknown): unknown {
  const state = sqlStateOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (state && NOT_MIGRATED.includes(state)) {
    return new StartupError(['The database has not been migrated. Run npm run db:migrate:deploy.']);
  }
  if (state && NOT_ADMITTED.includes(state))
    return new StartupError([`The database refuses the connection: ${message}`]);
  if (toAppError(error)) return new StartupError([`The database cannot be reached: ${message}`]);
  return error;
}
