import pg from 'pg';
import { type PreparedStatement, type Shape, touchStatement } from './statement-cache.js';
import type { WireConnection, WireField, WireQueryConfig, WireResult } from './wire-connection.js';

const prepareValue = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } }).utils.prepareValue;

const NO_COLUMNS: Shape = { fields: [], parsers: [] };
/** Execute message for the unnamed portal, all rows. */
const EXECUTE = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);

/** One SQL statement with its values and its result. */
export class Statement {
  /** Name of the prepared statement; empty prevents node-postgres from registering it. */
  readonly name: string;
  result: WireResult = emptyResult();
  error: Error | undefined;
  #prepared: PreparedStatement | undefined;
  #shape: Shape | undefined;

  constructor(private readonly config: WireQueryConfig) {
    this.name = config.name ?? '';
  }

  /** Discards the result after a rollback. */
  begin(): void {
    this.result = emptyResult();
    this.error = undefined;
  }

  get text(): string {
    return this.config.text;
  }

  /** True if its text shows that it reads without locking, so that it may share a batch. */
  get isRead(): boolean {
    return this.config.text.startsWith('SELECT ') && !this.config.text.includes(' FOR ');
  }

  /**
   * Always uses the extended protocol, which accepts one statement at a time, so SQL injected after a `;` is rejected.
   */
  send(connection: WireConnection): void {
    const { name, text, values = [] } = this.config;
    if (name !== undefined) {
      this.#prepared = touchStatement(connection, name);
      this.#shape = this.#prepared.shape;
    }
    if (name === undefined || connection.parsedStatements[name] === undefined) {
      connection.parse({ name: this.name, text, types: [] });
    }
    connection.bind({ portal: '', statement: this.name, values, binary: false, valueMapper: prepareValue });
    if (!this.#shape) connection.describe({ type: 'P', name: '' });
    connection.stream.write(EXECUTE);
  }

  describe(fields: WireField[]): void {
    this.#shape = {
      fields,
      parsers: fields.map(({ dataTypeID }) => this.config.types.getTypeParser(dataTypeID, 'text')),
    };
  }

  /** @throws Error when the server sends other columns than when the statement was prepared. */
  add(values: (string | null)[]): void {
    const { parsers } = this.#shape!;
    const count = parsers.length;
    if (values.length !== count) throw new Error('The columns of a prepared statement have changed.');
    const row = new Array<unknown>(count);
    for (let column = 0; column < count; column += 1) {
      const value = values[column]!;
      row[column] = value === null ? null : parsers[column]!(value);
    }
    this.result.rows.push(row);
  }

  /** @param tag PostgreSQL's command tag, such as `INSERT 0 1` or `SELECT 20`. */
  complete(tag: string): void {
    const shape = (this.#shape ??= NO_COLUMNS);
    if (this.#prepared) this.#prepared.shape = shape;
    this.result.fields = shape.fields;
    const count = tag.slice(tag.lastIndexOf(' ') + 1);
    this.result.rowCount = /^[0-9]+$/.test(count) ? Number(count) : null;
  }
}

function emptyResult(): WireResult {
  return { fields: NO_COLUMNS.fields, rows: [], rowCount: null };
}
