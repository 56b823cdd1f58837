import type pg from 'pg';
import { touchStatement } from './statement-cache.js';
import { type WireConnection, WireQuery, type WireQueryConfig } from './wire-connection.js';

const ENTER_TENANT = { name: 'tenantry_enter', text: 'SELECT app.enter_tenant($1)' };

/** A query whose prepared statement is counted, see statement-cache. */
export class CountedQuery extends WireQuery {
  /** Always the extended protocol, which takes one statement at a time: what SQL injection appends after a `;` is refused. */
  constructor(config: WireQueryConfig) {
    super(config);
    this.queryMode = 'extended';
  }

  override prepare(connection: WireConnection): void {
    if (this.name) touchStatement(connection, this.name);
    super.prepare(connection);
  }
}

/**
 * Enters a tenant and runs one query in a single implicit transaction: both go out under one Sync, so it costs one round trip,
 * and the server skips the query when entering fails. The setting ends with that transaction.
 */
export class TenantQuery extends CountedQuery {
  #entering = true;

  /** `named` is false where prepared statements cannot be kept (old PgBouncer): then the statement that enters is sent each time. */
  constructor(
    config: WireQueryConfig,
    private readonly tenantId: string,
    private readonly named: boolean,
  ) {
    super(config);
  }

  override prepare(connection: WireConnection): void {
    const statement = this.named ? ENTER_TENANT.name : '';
    if (!this.named) connection.parse({ name: '', text: ENTER_TENANT.text, types: [] });
    connection.bind({ portal: '', statement, values: [this.tenantId], binary: false, valueMapper: (value) => value });
    // No Describe: only a DataRow and a CommandComplete come back, and the two handlers below swallow them.
    connection.execute({ portal: '', rows: 0 });
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (!this.#entering) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: WireConnection): void {
    if (this.#entering) this.#entering = false;
    else super.handleCommandComplete(message, connection);
  }
}

/**
 * Prepares the statement that enters a tenant. Once per connection, on its own: node-postgres books any ParseComplete on the
 * active query's name, so two Parses in one submission would poison its list of statements when the second fails.
 */
export async function prepareEnterTenant(client: pg.ClientBase): Promise<void> {
  const connection = (client as unknown as { connection: WireConnection }).connection;
  await client.query({ name: ENTER_TENANT.name, text: ENTER_TENANT.text, values: [PROBE_TENANT] });
  if (!connection.parsedStatements[ENTER_TENANT.name])
    throw new Error('node-postgres does not keep prepared statements as expected.');
}

/** Any well-formed id will do: the transaction that enters it ends at once. */
const PROBE_TENANT = '00000000-0000-7000-8000-00000000000a';
