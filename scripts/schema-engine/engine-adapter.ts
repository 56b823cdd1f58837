import type { EventEmitter } from 'node:events';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, DriverAdapterError, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { poolConfig, type ConnectionTarget } from './connection-url.ts';
import { toPrismaError } from './prisma-errors.ts';

const CHAR_OID = 18;
const TEXT_OID = 25;

interface RowDescription {
  fields: { dataTypeID: number }[];
}

/**
 * Opens a connection for the schema engine: Prisma's own adapter, with fixes for faults that only affect the schema
 * engine.
 */
export async function openEngineAdapter(target: ConnectionTarget): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool(poolConfig(target));
  let charColumns: number[] = [];
  pool.on('connect', (client) => {
    onRowDescription(client, ({ fields }) => {
      charColumns = [...fields.keys()].filter((index) => fields[index]?.dataTypeID === CHAR_OID);
      for (const index of charColumns) fields[index]!.dataTypeID = TEXT_OID;
    });
    // Queued before anything the engine sends, because migrations name objects without a schema. If the connection
    // fails here, the engine's next query reports it.
    if (target.schema !== 'public')
      void client.query(`SET search_path = ${client.escapeIdentifier(target.schema)}`).catch(() => undefined);
  });

  const adapter = await new PrismaPg(pool, { schema: target.schema, disposeExternalPool: true }).connect();

  // The adapter splits scripts at every semicolon, even inside $$ bodies and strings. Without arguments PostgreSQL
  // accepts a whole script in one message, as Prisma's native engine sends it: it succeeds or fails as one.
  adapter.executeScript = async (script) => {
    try {
      await pool.query(script);
    } catch (error) {
      throw error instanceof pg.DatabaseError ? scriptError(error, script) : toPrismaError(error, target);
    }
  };

  // The catalog's one-letter columns have the type "char", which the adapter refuses and the engine reads as a
  // character. There is one connection and one query at a time, so the last row description belongs to this query.
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

/**
 * Returns the server's message in full. The trailing space in the code preserves it: for codes that the engine knows,
 * it would only report "no such table".
 */
function scriptError(error: pg.DatabaseError, script: string): DriverAdapterError {
  const line = error.position ? `, line ${script.slice(0, Number(error.position)).split('\n').length}` : '';
  const lines = [
    `${error.message} (${error.code}${line})`,
    error.detail && `DETAIL: ${error.detail}`,
    error.hint && `HINT: ${error.hint}`,
    error.where && `CONTEXT: ${error.where}`,
  ];
  return new DriverAdapterError({
    kind: 'postgres',
    code: `${error.code} `,
    severity: error.severity ?? 'ERROR',
    message: lines.filter(Boolean).join('\n'),
    detail: undefined,
    column: undefined,
    hint: undefined,
  });
}

function onRowDescription(client: pg.PoolClient, listener: (message: RowDescription) => void): void {
  // Prepended, because the client's own listener modifies the description.
  (client as unknown as { connection: EventEmitter }).connection.prependListener('rowDescription', listener);
}
