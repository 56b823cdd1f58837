/** The parsed command line of the engine. */
export interface EngineArguments {
  mode: 'rpc' | 'version' | 'can-connect-to-database' | 'create-database' | 'drop-database';
  /** Prisma schema files, in the CLI's order. */
  schemaFiles: string[];
  databaseUrl: string | undefined;
  shadowDatabaseUrl: string | undefined;
}

const DATABASE_COMMANDS = ['can-connect-to-database', 'create-database', 'drop-database'] as const;

/**
 * Parses the CLI's arguments. Unknown ones are refused: if an option were ignored, a command would report success
 * without having done what was asked.
 * @throws Error naming the argument.
 */
export function parseEngineArguments(argv: readonly string[]): EngineArguments {
  const parsed: EngineArguments = {
    mode: 'rpc',
    schemaFiles: [],
    databaseUrl: undefined,
    shadowDatabaseUrl: undefined,
  };
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    switch (argument) {
      case '--version':
        parsed.mode = 'version';
        break;
      case '--datamodels':
        parsed.schemaFiles.push(valueOf(argument, rest));
        break;
      case '--datasource':
        Object.assign(parsed, parseDatasource(valueOf(argument, rest)));
        break;
      case '--enabled-preview-features':
        // The WebAssembly engine reads them from the schema's generator block.
        valueOf(argument, rest);
        break;
      case 'cli':
        parsed.mode = databaseCommand(valueOf(argument, rest));
        break;
      default:
        throw new Error(`The schema engine bridge does not support the argument ${argument}.`);
    }
  }
  return parsed;
}

function valueOf(name: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined) throw new Error(`The schema engine argument ${name} needs a value.`);
  return value;
}

function databaseCommand(name: string): EngineArguments['mode'] {
  const command = DATABASE_COMMANDS.find((known) => known === name);
  if (!command) throw new Error(`The schema engine bridge does not support the command ${name}.`);
  return command;
}

function parseDatasource(json: string): Pick<EngineArguments, 'databaseUrl' | 'shadowDatabaseUrl'> {
  const datasource = JSON.parse(json) as { url?: string; shadowDatabaseUrl?: string };
  return { databaseUrl: datasource.url || undefined, shadowDatabaseUrl: datasource.shadowDatabaseUrl || undefined };
}
