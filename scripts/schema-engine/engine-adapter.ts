import type { EventEmitter } from 'node:events';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { poolConfig, type ConnectionTarget } from './connection-url.ts';

const CHAR_OID = 18;
const TEXT_OID = 25;

interface RowDescription {
  fields: { dataTypeID: number }[];
}

/** A connection for the schema engine: Prisma's own adapter without two faults that only the schema engine meets. */
export async function openEngineAdapter(target: ConnectionTarget): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool(poolConfig(target));
  pool.on('connect', (client) => {
    describeCharAsText(client);
    // Queued before anything the engine sends; its own statements name objects without a schema.
    if (target.schema !== 'public')
      void client.query(`SET search_path = ${client.escapeIdentifier(target.schema)}`).catch(() => undefined);
  });

  const adapter = await new PrismaPg(pool, { schema: target.schema, disposeExternalPool: true }).connect();
  // The adapter splits scripts on every semicolon, also inside $$ bodies and strings. Without arguments PostgreSQL
  // takes a whole script in one message, as Prisma's native engine sends it: it succeeds or fails as one.
  adapter.executeScript = async (script) => {
    await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
  };
  return adapter;
}

/** The catalog's one-letter columns have the type "char", which the adapter does not know; in text format it is text. */
function describeCharAsText(client: pg.PoolClient): void {
  const { connection } = client as unknown as { connection: EventEmitter };
  connection.prependListener('rowDescription', ({ fields }: RowDescription) => {
    for (const field of fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
  });
}
