import { readFileSync } from 'node:fs';
import {
  bindMigrationAwareSqlAdapterFactory,
  type ErrorCapturingSqlMigrationAwareDriverAdapterFactory,
  type ErrorRegistry,
} from '@prisma/driver-adapter-utils';
import {
  SchemaEngine,
  type ApplyMigrationsInput,
  type DiffParams,
  type EvaluateDataLossInput,
} from '@prisma/schema-engine-wasm';
import type { EngineAdapterFactory } from './adapter-factory.ts';
import { createDatabase, emptyDatabase } from './database-admin.ts';
import { PrismaError } from './prisma-errors.ts';
import type { Procedure } from './rpc-server.ts';

/** Procedures that the CLI and the WebAssembly engine name identically. */
const PASSED_ON = [
  'createMigration',
  'dbExecute',
  'debugPanic',
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'ensureConnectionValidity',
  'introspect',
  'introspectSql',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'schemaPush',
] as const satisfies readonly (keyof SchemaEngine)[];

/**
 * Returns the procedures that the CLI calls, on one WebAssembly engine that is created on first use.
 * @param print writes to the CLI's standard output.
 */
export function engineProcedures(
  factory: EngineAdapterFactory,
  schemaFiles: readonly string[],
  print: (content: string) => void,
): Record<string, Procedure> {
  const adapters = bindMigrationAwareSqlAdapterFactory(factory);
  let engine: Promise<SchemaEngine> | undefined;

  async function withEngine<T>(work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
    try {
      engine ??= createEngine(adapters, schemaFiles);
      return await work(await engine);
    } catch (error) {
      throw originalError(error, adapters.errorRegistry);
    }
  }

  const procedures: Record<string, Procedure> = {
    applyMigrations: async (params: ApplyMigrationsInput) => {
      try {
        return await withEngine((used) => used.applyMigrations(params));
      } catch (error) {
        throw failedMigration(error) ?? error;
      }
    },
    createDatabase: async () => {
      const target = factory.mainTarget();
      await createDatabase(target);
      return { databaseName: target.database };
    },
    diff: async (params: DiffParams) => {
      const { exitCode, stdout } = await withEngine((used) => used.diff(params));
      if (stdout !== null) print(stdout);
      return { exitCode, stdout: null };
    },
    getDatabaseVersion: () => withEngine((used) => used.version(null)),
    // An engine gets shadow databases only after it has replayed migrations itself, and loses them when it applies
    // some.
    evaluateDataLoss: (params: EvaluateDataLossInput) =>
      withEngine(async (used) => {
        await used.diagnoseMigrationHistory({ ...params, optInToShadowDatabase: true });
        return used.evaluateDataLoss(params);
      }),
    // The engine's own reset only knows the schemas of the Prisma schema.
    reset: () => emptyDatabase(factory.mainTarget()),
  };
  for (const name of PASSED_ON) {
    procedures[name] = (params) => withEngine(async (used) => used[name](params));
  }
  return procedures;
}

async function createEngine(
  adapters: ErrorCapturingSqlMigrationAwareDriverAdapterFactory,
  schemaFiles: readonly string[],
): Promise<SchemaEngine> {
  const datamodels = schemaFiles.map((file): [string, string] => [file, readFileSync(file, 'utf8')]);
  const options = { datamodels: datamodels.length > 0 ? datamodels : undefined };
  return SchemaEngine.new(options, () => undefined, adapters);
}

/** The engine identifies our own errors only by a number. */
function originalError(error: unknown, registry: ErrorRegistry): unknown {
  const id = /External error id#(\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return id === undefined ? error : (registry.consumeError(Number(id))?.error ?? error);
}

/** The WebAssembly engine reports a failed script as an error without a code; Prisma's own code for it is P3018. */
function failedMigration(error: unknown): PrismaError | undefined {
  const { message, code } = error as { message: string; code?: string };
  const name = /apply_script\s+with migration_name="([^"]+)"/.exec(message)?.[1];
  if (code !== undefined || name === undefined) return undefined;
  const [reason] = message
    .replace(/^external connector error\s+(Error querying the database: )?/, '')
    .split(/\n\s+0: /);
  return new PrismaError(
    'P3018',
    `A migration failed to apply. New migrations cannot be applied before the error is recovered from. ` +
      `Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\n` +
      `Migration name: ${name}\n\nDatabase error:\n${reason}`,
  );
}
