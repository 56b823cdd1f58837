import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { withClient, withDatabase } from '../../scripts/db/connect.ts';
import { testServer } from '../support/test-server.js';
import { TEST_PREFIX } from '../support/test-template.js';

export const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(PROJECT_ROOT, 'node_modules/prisma/build/index.js');
const ENGINE = join(PROJECT_ROOT, 'scripts/schema-engine/engine');

/** What a command left behind; `output` is both of its streams without colours. */
export interface CommandResult {
  code: number;
  output: string;
}

/** Runs Prisma's CLI as a person would, over the bridge. Any exit code is a result, not an error. */
export function runPrisma(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const environment = {
    ...process.env,
    DATABASE_OWNER_URL: '',
    DIRECT_URL: '',
    SHADOW_DATABASE_URL: '',
    NODE_OPTIONS: '',
    NO_COLOR: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    PRISMA_SCHEMA_ENGINE_BINARY: ENGINE,
    ...env,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd, env: environment }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: `${stdout}\n${stderr}` });
    });
  });
}

/** A project of its own in a temporary folder, with a database of its own. */
export class PrismaProject {
  private constructor(
    readonly folder: string,
    readonly databaseUrl: string,
  ) {}

  /** The schema is one model `Thing` with an `id`; there are no migrations yet. */
  static async create(): Promise<PrismaProject> {
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-prisma-'));
    const project = new PrismaProject(folder, await createEmptyDatabase());
    await project.write(
      'prisma.config.ts',
      `export default {
        schema: 'schema.prisma',
        migrations: { path: 'migrations' },
        datasource: { url: process.env.DATABASE_OWNER_URL, shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL },
      };`,
    );
    await project.write('migrations/migration_lock.toml', 'provider = "postgresql"\n');
    await project.writeSchema('id Int @id');
    return project;
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), content);
  }

  writeSchema(...fields: string[]): Promise<void> {
    return this.write(
      'schema.prisma',
      `datasource db {\n  provider = "postgresql"\n}\n\nmodel Thing {\n  ${fields.join('\n  ')}\n}\n`,
    );
  }

  writeMigration(name: string, sql: string): Promise<void> {
    return this.write(`migrations/${name}/migration.sql`, sql);
  }

  prisma(args: string, env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
    return runPrisma(this.folder, args.split(' '), { DATABASE_OWNER_URL: this.databaseUrl, ...env });
  }

  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    return queryDatabase<Row>(this.databaseUrl, sql);
  }

  async remove(): Promise<void> {
    await dropDatabase(this.databaseUrl);
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function queryDatabase<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(sql)).rows);
}

/** @returns its URL, with the test server's admin. */
export async function createEmptyDatabase(): Promise<string> {
  const { adminUrl, run } = testServer();
  const name = `${TEST_PREFIX}${run}_engine_${randomBytes(4).toString('hex')}`;
  await queryDatabase(adminUrl, `CREATE DATABASE ${name}`);
  return withDatabase(adminUrl, name);
}

export async function dropDatabase(url: string): Promise<void> {
  await queryDatabase(testServer().adminUrl, `DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
}
