import type pg from 'pg';

/**
 * The part of node-postgres' protocol connection that submissions use. It is not in the public types; tests check it.
 */
export interface WireConnection {
  /** SQL of the statements prepared on the server, by name. */
  parsedStatements: Record<string, string>;
  stream: { cork(): void; uncork(): void; write(bytes: Buffer): void };
  parse(message: { name: string; text: string; types: number[] }): void;
  bind(message: {
    portal: string;
    statement: string;
    values: unknown[];
    binary: boolean;
    valueMapper: (value: unknown) => unknown;
  }): void;
  describe(message: { type: 'P'; name: string }): void;
  close(message: { type: 'S'; name: string }): void;
}

export const wireOf = (client: pg.ClientBase): WireConnection =>
  (client as unknown as { connection: WireConnection }).connection;

type Parser = (text: string) => unknown;

/** The query that Prisma's adapter passes to the driver. */
export interface WireQueryConfig {
  text: string;
  values?: unknown[];
  /** Name of the prepared statement; undefined sends the text each time. */
  name?: string;
  types: { getTypeParser(oid: number, format: 'text'): Parser };
}

/** A column of a result, as Prisma's adapter reads it. */
export interface WireField {
  name: string;
  dataTypeID: number;
}

export interface WireResult {
  fields: readonly WireField[];
  rows: unknown[][];
  rowCount: number | null;
}
