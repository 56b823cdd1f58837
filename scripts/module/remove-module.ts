import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { OperatorError } from '../db/connect.ts';
import { MIGRATIONS } from '../db/migrate-database.ts';
import { ERRORS_PAGE, errorsPage } from '../docs/errors-page.ts';
import { runProgram } from '../processes/run-program.ts';
import { ROOT } from '../project.ts';
import { withoutModule } from './module-list.ts';
import type { ModuleNames } from './names.ts';
import { MODULE_LIST, MODULES_FOLDER, placesOf, schemaFiles } from './project-text.ts';
import { modelsPointingAt, withoutBackRelations } from './schema-edits.ts';

/**
 * Removes the files of a module, its line in the list of modules, and the back-relations to it.
 * @returns the removed files, relative to the clone.
 * @throws OperatorError, before anything is changed, if there is no such module, its migration is committed, or other
 * code needs it.
 */
export async function removeModule(names: ModuleNames): Promise<string[]> {
  const { module, Model, table } = names;
  const migration = migrationOf(table);
  const { folder, schema, tests } = placesOf(module);
  if (migration === undefined || !existsSync(folder)) {
    throw new OperatorError(`There is no module "${module}" whose table ${table} a migration creates.`);
  }
  if (isCommitted(migration)) {
    throw new OperatorError(
      `${relative(ROOT, migration)} is committed, so databases may have the table ${table} already. ` +
        `Remove the module by hand, with a new migration that drops the table.`,
    );
  }
  assertUnneeded(names);
  for (const { path, text } of schemaFiles()) {
    const edited = withoutBackRelations(text, Model);
    if (edited !== text) writeFileSync(path, edited);
  }
  writeFileSync(MODULE_LIST, withoutModule(readFileSync(MODULE_LIST, 'utf8'), module));
  const gone = [folder, schema, tests, migration].filter((path) => existsSync(path));
  for (const path of gone) rmSync(path, { recursive: true });
  writeFileSync(join(ROOT, ERRORS_PAGE), errorsPage(ROOT));
  // Aligns the columns of the other models again.
  await runProgram('prisma', ['format'], { quiet: true });
  return gone.map((path) => relative(ROOT, path));
}

/** Returns the folder of the migration that creates the table. */
function migrationOf(table: string): string | undefined {
  return readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(MIGRATIONS, name))
    .find((folder) => readFileSync(join(folder, 'migration.sql'), 'utf8').includes(`CREATE TABLE "${table}" (`));
}

/** Checks the commits of all branches. Outside a repository nothing counts as committed. */
function isCommitted(folder: string): boolean {
  const args = ['log', '--all', '--max-count=1', '--format=%h', '--', folder];
  const git = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  if (git.status === 0) return git.stdout.trim() !== '';
  if (/not a git repository/.test(git.stderr ?? '')) return false;
  const reason = git.error?.message ?? git.stderr.trim();
  throw new OperatorError(`git cannot tell whether ${relative(ROOT, folder)} is committed: ${reason}`);
}

function assertUnneeded({ module, Model }: ModuleNames): void {
  const schema = schemaFiles().map(({ text }) => text);
  const pointing = modelsPointingAt(schema.join('\n'), Model);
  if (pointing.length > 0) {
    throw new OperatorError(
      `Rows of ${pointing.join(', ')} refer to rows of ${Model}. Remove those modules or relations first.`,
    );
  }
  const imports = new RegExp(`from '(\\.\\./)+${module}/`);
  const user = readdirSync(MODULES_FOLDER, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(`${join(MODULES_FOLDER, module)}/`))
    .find((path) => imports.test(readFileSync(path, 'utf8')));
  if (user !== undefined)
    throw new OperatorError(`${relative(ROOT, user)} imports from the module. Remove those imports first.`);
}
