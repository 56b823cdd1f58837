import { version } from '@prisma/schema-engine-wasm';
import { EngineAdapterFactory } from './adapter-factory.ts';
import { checkConnection, createDatabase, dropDatabase } from './database-admin.ts';
import { engineCrash } from './engine-crash.ts';
import { parseEngineArguments, type EngineArguments } from './engine-arguments.ts';
import { engineProcedures } from './engine-procedures.ts';
import { printMessage, serveRpc } from './rpc-server.ts';

/** Ids of our requests to the CLI, far from its own, which start at 1. */
let nextPrintId = 1_000_000;

async function run(): Promise<void> {
  const args = parseEngineArguments(process.argv.slice(2));
  if (args.mode === 'version') {
    process.stdout.write(`schema-engine-wasm ${version()}\n`);
    return;
  }
  const factory = new EngineAdapterFactory(args.databaseUrl, args.shadowDatabaseUrl);
  if (args.mode === 'rpc') await serve(factory, args);
  else await runDatabaseCommand(args.mode, factory);
}

async function runDatabaseCommand(
  mode: Exclude<EngineArguments['mode'], 'rpc' | 'version'>,
  factory: EngineAdapterFactory,
): Promise<void> {
  const commands = {
    'can-connect-to-database': checkConnection,
    'create-database': createDatabase,
    'drop-database': dropDatabase,
  };
  await commands[mode](factory.mainTarget());
}

async function serve(factory: EngineAdapterFactory, { schemaFiles }: EngineArguments): Promise<void> {
  const print = (content: string): void => void process.stdout.write(printMessage(nextPrintId++, content));
  const crashed = engineCrash(() => factory.abort());
  await serveRpc(process.stdin, process.stdout, engineProcedures(factory, schemaFiles, print), crashed);
  await factory.close();
}

/** Standard error carries one JSON object per line; the CLI skips the first one. */
function log(level: 'INFO' | 'ERROR', fields: { message: string; error_code?: string }): void {
  process.stderr.write(`${JSON.stringify({ level, target: 'schema_engine::logger', fields })}\n`);
}

try {
  await run();
} catch (error) {
  const { message, code } = error as { message: string; code?: string };
  log('INFO', { message: 'Starting schema engine' });
  log('ERROR', { message, ...(code === undefined ? {} : { error_code: code }) });
  process.exitCode = 1;
}
