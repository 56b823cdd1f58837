import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { printedBy } from '../processes/run-program.ts';
import { ROOT } from '../project.ts';
import { MIGRATIONS } from './migrate-database.ts';
import { unprotectedIn } from './migration-laws.ts';

/** A migration that was written and not yet applied. */
export interface WrittenMigration {
  /** Relative to the clone. */
  file: string;
  /** Statements that lose data. */
  losses: string[];
}

/**
 * Writes what has changed in `prisma/schema` since the last migration; new tables of tenants are protected in it.
 * @param urls as the owner: the database, and an empty one in which the migrations are replayed.
 * @returns `null` when nothing has changed.
 */
export async function writeMigration(
  name: string,
  urls: { ownerUrl: string; shadowUrl: string },
): Promise<WrittenMigration | null> {
  const difference = await printedBy(
    'prisma',
    ['migrate', 'diff', '--from-migrations', MIGRATIONS, '--to-schema', join(ROOT, 'prisma', 'schema'), '--script'],
    { environment: { DATABASE_OWNER_URL: urls.ownerUrl, SHADOW_DATABASE_URL: urls.shadowUrl } },
  );
  const sql = difference.trim();
  if (sql === '' || sql === '-- This is an empty migration.') return null;
  const protection = unprotectedIn(sql).map((table) => `SELECT app.protect_table('${table}');\n`);
  const folder = join(MIGRATIONS, `${timestamp()}_${name}`);
  const file = join(folder, 'migration.sql');
  mkdirSync(folder);
  writeFileSync(file, `${sql}\n${protection.length > 0 ? `\n${protection.join('')}` : ''}`);
  return { file: relative(ROOT, file), losses: lossesOf(sql) };
}

function lossesOf(sql: string): string[] {
  return sql.split('\n').filter((line) => /\bDROP\s+(TABLE|COLUMN)\b/i.test(line) && !line.trim().startsWith('--'));
}

function timestamp(): string {
  return new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
}
