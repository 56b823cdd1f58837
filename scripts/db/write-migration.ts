import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { printedBy } from '../processes/run-program.ts';
import { ROOT } from '../project.ts';
import { MIGRATIONS } from './migrate-database.ts';
import { unprotectedIn } from './migration-laws.ts';

/** A migration that was written but not applied. */
export interface WrittenMigration {
  /** Relative to the clone. */
  file: string;
  /** Statements that delete data. */
  losses: string[];
}

/**
 * Writes a migration for the changes in `prisma/schema` since the last one, including the protection of new tenant
 * tables.
 * @param urls the owner's URLs of the database, and of an empty one in which the migrations are replayed.
 * @returns `null` if nothing has changed.
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
  return { file: relative(ROOT, saveMigration(name, sql)), losses: lossesOf(sql) };
}

/** Saves the SQL as the newest migration, adding the protection of new tenant tables. @returns the file. */
export function saveMigration(name: string, difference: string): string {
  const sql = difference.trim();
  const protection = unprotectedIn(sql).map((table) => `SELECT app.protect_table('${table}');\n`);
  const folder = join(MIGRATIONS, `${nextTimestamp()}_${name}`);
  const file = join(folder, 'migration.sql');
  mkdirSync(folder);
  writeFileSync(file, `${sql}\n${protection.length > 0 ? `\n${protection.join('')}` : ''}`);
  return file;
}

function lossesOf(sql: string): string[] {
  return sql.split('\n').filter((line) => /\bDROP\s+(TABLE|COLUMN)\b/i.test(line) && !line.trim().startsWith('--'));
}

/**
 * Returns the current time, or a time after the newest migration if that is later: migrations are applied in order of
 * their names.
 */
function nextTimestamp(): string {
  const newest = readdirSync(MIGRATIONS)
    .map((folder) => /^\d{14}(?=_)/.exec(folder)?.[0] ?? '')
    .sort()
    .at(-1);
  const now = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return newest !== undefined && newest >= now ? `${BigInt(newest) + 1n}` : now;
}
