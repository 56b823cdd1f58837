import type pg from 'pg';
import { type WireConnection, wireOf } from './wire-connection.js';

const TEXT = 'SELECT app.enter_tenant($1)';
const NAME = 'tenantry_enter';
const UUID_LENGTH = 36;

/** Execute of the unnamed portal, all rows. */
const EXECUTE = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);

/** Bind of one text parameter to a prepared statement and Execute, up to the parameter, which is a UUID. */
function template(statement: string): Buffer {
  const head = Buffer.from(`\0${statement}\0`, 'latin1');
  // No parameter formats, one parameter, its length; behind it no result formats: all is text.
  const counts = Buffer.from([0, 0, 0, 1, 0, 0, 0, UUID_LENGTH]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + head.length + counts.length + UUID_LENGTH + 2);
  return Buffer.concat([Buffer.from('B'), length, head, counts, Buffer.alloc(UUID_LENGTH + 2), EXECUTE]);
}

const NAMED = template(NAME);
const UNNAMED = template('');
const BEHIND_UUID = 2 + EXECUTE.length;

/**
 * Sends what enters a tenant. No Describe: only a DataRow and a CommandComplete come back.
 * @param named false where prepared statements cannot be kept (old PgBouncer): then the text goes along each time.
 */
export function sendEnterTenant(connection: WireConnection, tenantId: string, named: boolean): void {
  if (tenantId.length !== UUID_LENGTH) throw new TypeError('A tenant id must be a UUID.');
  if (!named) connection.parse({ name: '', text: TEXT, types: [] });
  const message = Buffer.from(named ? NAMED : UNNAMED);
  message.write(tenantId, message.length - BEHIND_UUID - UUID_LENGTH, 'latin1');
  connection.stream.write(message);
}

/**
 * Prepares the statement that enters a tenant. Once per connection, on its own: node-postgres books any ParseComplete on the
 * active query's name, so two Parses in one submission would poison its list of statements when the second fails.
 */
export async function prepareEnterTenant(client: pg.ClientBase, timeoutMs: number): Promise<void> {
  // With a limit of its own: a connection that is just being made is not watched yet.
  const config = { name: NAME, text: TEXT, values: [PROBE_TENANT], query_timeout: timeoutMs };
  await client.query(config);
  if (!wireOf(client).parsedStatements[NAME])
    throw new Error('node-postgres does not keep prepared statements as expected.');
}

/** Any well-formed id will do: the transaction that enters it ends at once. */
const PROBE_TENANT = '00000000-0000-7000-8000-00000000000a';
