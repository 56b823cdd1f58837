import { OperatorError } from './db/connect.ts';
import { fileTroubleOf } from './file-trouble.mjs';
import { say } from './progress.mjs';
import { ProgramError } from './processes/run-program.ts';
import { listenForStopRequests, StopRequested } from './processes/stop-request.ts';

/** Runs one command to its end. @returns the exit code. */
export type Command = (args: string[]) => Promise<number>;

const COMMANDS: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./commands/start.ts')).start,
  dev: async () => (await import('./commands/dev.ts')).dev,
  test: async () => (await import('./commands/test.ts')).test,
  check: async () => (await import('./commands/check.ts')).check,
  format: async () => (await import('./commands/format.ts')).format,
  build: async () => (await import('./commands/build.ts')).build,
  docs: async () => (await import('./commands/docs.ts')).docs,
  'db:setup': async () => (await import('./commands/db-setup.ts')).dbSetup,
  'db:generate': async () => (await import('./commands/build.ts')).dbGenerate,
  'db:migrate': async () => (await import('./commands/db-migrate.ts')).dbMigrate,
  'db:migrate:deploy': async () => (await import('./commands/db-migrate.ts')).dbMigrateDeploy,
  'db:push': async () => (await import('./commands/db-tools.ts')).dbPush,
  'db:studio': async () => (await import('./commands/db-tools.ts')).dbStudio,
  'db:seed': async () => (await import('./commands/db-seed.ts')).dbSeed,
  'module:new': async () => (await import('./commands/module-new.ts')).moduleNew,
  'module:remove': async () => (await import('./commands/module-remove.ts')).moduleRemove,
  'accounts:check': async () => (await import('./commands/accounts-check.ts')).accountsCheck,
  'db:reset': async () => (await import('./commands/db-reset.ts')).dbReset,
  'test:mutants': async () => (await import('./commands/mutants.ts')).mutants,
  'test:storm': async () => (await import('./commands/storm.ts')).storm,
  'test:fuzz': async () => (await import('./commands/fuzz.ts')).fuzz,
  'bench:tenancy': async () => (await benchmark())('tenancy'),
  'bench:workflows': async () => (await benchmark())('workflows'),
  'bench:fairness': async () => (await benchmark())('fairness'),
  'bench:footprint': async () => (await benchmark())('footprint'),
  'bench:noisy': async () => (await benchmark())('noisy'),
  'bench:tenants': async () => (await benchmark())('tenants'),
  'bench:http': async () => (await benchmark())('http'),
};

/** All benchmarks share one command. */
async function benchmark(): Promise<(name: string) => Command> {
  const { bench } = await import('./commands/bench.ts');
  return (name) => (args) => bench(name, args);
}

async function main([name = '', ...args]: string[]): Promise<number> {
  const load = COMMANDS[name];
  if (!load) {
    say(`Unknown command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
    return 2;
  }
  listenForStopRequests();
  try {
    const command = await load();
    return await command(args);
  } catch (error) {
    if (error instanceof StopRequested) return error.exitCode;
    if (error instanceof ProgramError || error instanceof OperatorError) {
      say(error.message);
      return error instanceof ProgramError ? error.exitCode : 1;
    }
    const trouble = fileTroubleOf(error);
    if (trouble === null) throw error;
    say(trouble);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
