import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { WireConnection, WireField } from './wire-connection.js';

/** Maximum prepared statements per connection; node-postgres itself never removes any. */
const STATEMENTS_PER_CONNECTION = 200;

const names = new LRUCache<string, string>({ max: 2000 });

/** Returns the name for an SQL text, the same on every connection. At most 63 bytes, PostgreSQL's limit. */
export function statementName(sql: string): string {
  let name = names.get(sql);
  if (!name) {
    name = `q_${createHash('sha1').update(sql).digest('base64url')}`;
    names.set(sql, name);
  }
  return name;
}

/**
 * The columns of a statement and their parsers. PostgreSQL never changes them while a statement is prepared: it fails
 * instead.
 */
export interface Shape {
  readonly fields: readonly WireField[];
  readonly parsers: readonly ((text: string) => unknown)[];
}

/** A statement that a connection has prepared. */
export interface PreparedStatement {
  /** Set after the first run, so that it is not requested again. */
  shape?: Shape;
}

const used = new WeakMap<WireConnection, Map<string, PreparedStatement>>();

/**
 * Records the use of a statement and closes the least recently used one if there are too many. Call before Parse or
 * Bind.
 */
export function touchStatement(connection: WireConnection, name: string): PreparedStatement {
  let order = used.get(connection);
  if (!order) used.set(connection, (order = new Map<string, PreparedStatement>()));
  const statement = order.get(name) ?? {};
  order.delete(name);
  order.set(name, statement);
  if (order.size <= STATEMENTS_PER_CONNECTION) return statement;
  const [oldest] = order.keys();
  order.delete(oldest!);
  delete connection.parsedStatements[oldest!];
  connection.close({ type: 'S', name: oldest! });
  return statement;
}
