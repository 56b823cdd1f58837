import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { saveMigration } from '../db/write-migration.ts';
import { ERRORS_PAGE, errorsPage } from '../docs/errors-page.ts';
import { printedBy, runProgram } from '../processes/run-program.ts';
import { ROOT } from '../project.ts';
import { type Place, withModule } from './module-list.ts';
import type { NewModule } from './new-module.ts';
import { MODULE_LIST, placesOf, SCHEMA_FOLDER } from './project-text.ts';
import { withBackRelation } from './schema-edits.ts';
import { errors, events, manifest, types } from './templates/contracts.ts';
import { dto } from './templates/dto.ts';
import { e2eSpec } from './templates/e2e-spec.ts';
import { repository, service } from './templates/rules.ts';
import { schema } from './templates/schema.ts';
import { controller, entityWriter, moduleFile } from './templates/wiring.ts';

/**
 * Writes all files of the module, formatted. If it fails, it removes what it has written.
 * @returns new and changed files, relative to the clone.
 */
export async function writeModule(made: NewModule, place: Place): Promise<string[]> {
  const texts = textsOf(made, place);
  const page = join(ROOT, ERRORS_PAGE);
  const before = new Map([...texts.keys(), page].map((path) => [path, textIn(path)]));
  const created: string[] = [];
  const oldSchema = mkdtempSync(join(tmpdir(), 'tenantry-schema-'));
  try {
    cpSync(SCHEMA_FOLDER, oldSchema, { recursive: true });
    for (const [path, text] of texts) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    await runProgram('prisma', ['format'], { quiet: true });
    created.push(await writeFirstMigration(made, oldSchema));
    const sources = [...texts.keys()].filter((path) => path.endsWith('.ts'));
    // Twice, because Prettier breaks some calls differently once their arguments are on separate lines.
    for (let pass = 1; pass <= 2; pass++) {
      await runProgram('prettier', ['--write', '--log-level=warn', ...sources], { quiet: true });
    }
    writeFileSync(page, errorsPage(ROOT));
  } catch (error) {
    for (const [path, text] of before) if (text !== undefined) writeFileSync(path, text);
    const { folder, tests, schema: schemaFile } = placesOf(made.names.module);
    for (const path of [folder, tests, schemaFile, ...created.map((file) => dirname(file))]) {
      rmSync(path, { recursive: true, force: true });
    }
    throw error;
  } finally {
    rmSync(oldSchema, { recursive: true, force: true });
  }
  return [...texts.keys(), ...created, page].map((path) => relative(ROOT, path));
}

function textsOf(made: NewModule, place: Place): Map<string, string> {
  const { module, one, Model, items } = made.names;
  const { folder, schema: schemaFile, tests } = placesOf(module);
  const inFolder = (name: string): string => join(folder, name);
  const texts = new Map([
    [MODULE_LIST, withModule(readFileSync(MODULE_LIST, 'utf8'), made.names, place)],
    [schemaFile, schema(made)],
    [inFolder(`${module}.module.ts`), moduleFile(made)],
    [inFolder(`${module}.manifest.ts`), manifest(made)],
    [inFolder(`${module}.events.ts`), events(made)],
    [inFolder(`${module}.errors.ts`), errors(made)],
    [inFolder(`${module}.types.ts`), types(made)],
    [inFolder(`${module}.dto.ts`), dto(made)],
    [inFolder(`${module}.controller.ts`), controller(made)],
    [inFolder(`${module}.service.ts`), service(made)],
    [inFolder(`${module}.repository.ts`), repository(made)],
    [inFolder(`${one}.entity-writer.ts`), entityWriter(made)],
    [join(tests, `${module}.e2e-spec.ts`), e2eSpec(made)],
  ]);
  for (const { file, model } of ownersOf(made)) {
    texts.set(file, withBackRelation(texts.get(file) ?? readFileSync(file, 'utf8'), model, `${items} ${Model}[]`));
  }
  return texts;
}

/** Returns the models to which Prisma requires the other side of a relation to be added. */
function ownersOf({ parent }: NewModule): { file: string; model: string }[] {
  const tenant = { file: join(SCHEMA_FOLDER, 'tenants.prisma'), model: 'Tenant' };
  return parent ? [tenant, { file: parent.file, model: parent.Model }] : [tenant];
}

/** Compares two schemas, so no server is needed. @returns the file. */
async function writeFirstMigration({ names: { table } }: NewModule, oldSchema: string): Promise<string> {
  const args = ['migrate', 'diff', '--from-schema', oldSchema, '--to-schema', SCHEMA_FOLDER, '--script'];
  return saveMigration(table, await printedBy('prisma', args));
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
