import type pg from 'pg';
import { type WireConnection, wireOf } from './wire-connection.js';

const TEXT = 'SELECT app.enter_tenant($1)';
const NAME = 'tenantry_enter';
const UUID_LENGTH = 36;

/** Execute message for the unnamed portal, all rows. */
const EXECUTE = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);

/** Builds Bind, with one text parameter for a prepared statement, and Execute. The parameter, a UUID, is left blank. */
function template(statement: string): Buffer {
  const head = Buffer.from(`\0${statement}\0`, 'latin1');
  // No parameter formats, one parameter and its length. No result formats follow, so all results are text.
  const counts = Buffer.from([0, 0, 0, 1, 0, 0, 0, UUID_LENGTH]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + head.length + counts.length + UUID_LENGTH + 2);
  return Buffer.concat([Buffer.from('B'), length, head, counts, Buffer.alloc(UUID_LENGTH + 2), EXECUTE]);
}

const NAMED = template(NAME);
const UNNAMED = template('');
const BEHIND_UUID = 2 + EXECUTE.length;

/**
 * Sends the messages that enter a tenant. Without Describe, only a DataRow and a CommandComplete come back.
 * @param named false where prepared statements cannot be kept (old PgBouncer); the text is then sent each time.
 */
export function sendEnterTenant(connection: WireConnection, tenantId: string, named: boolean): void {
  if (tenantId.length !== UUID_LENGTH) throw new TypeError('A tenant id must be a UUID.');
  if (!named) connection.parse({ name: '', text: TEXT, types: [] });
  const message = Buffer.from(named ? NAMED : UNNAMED);
  message.write(tenantId, message.length - BEHIND_UUID - UUID_LENGTH, 'latin1');
  connection.stream.write(message);
}

/**
 * Prepares the statement that enters a tenant, once per connection and by itself: node-postgres assigns every
 * ParseComplete to the name of the active query, so a failure of the second of two Parse messages would corrupt its
 * list of statements.
 */
export async function prepareEnterTenant(client: pg.ClientBase, timeoutMs: number): Promise<void> {
  // Needs its own time limit, since a new connection is not watched yet.
  const config = { name: NAME, text: TEXT, values: [PROBE_TENANT], query_timeout: timeoutMs };
  await client.query(config);
  if (!wireOf(client).parsedStatements[NAME])
    throw new Error('node-postgres does not keep prepared statements as expected.');
}

/** Any well-formed id works: the transaction that enters it ends at once. */
const PROBE_TENANT = '00000000-0000-7000-8000-00000000000a';
