import pg from 'pg';

/** The part of node-postgres' protocol connection that a query talks to. Not in its public types; pinned by the tests beside. */
export interface WireConnection {
  parsedStatements: Record<string, string>;
  parse(message: { name: string; text: string; types: number[] }): void;
  bind(message: {
    portal: string;
    statement: string;
    values: unknown[];
    binary: boolean;
    valueMapper: (value: unknown) => unknown;
  }): void;
  execute(message: { portal: string; rows: number }): void;
  close(message: { type: 'S'; name: string }): void;
}

type ResultCallback = (error: Error | null | undefined, result: pg.QueryArrayResult) => void;

export interface WireQueryConfig extends pg.QueryConfig {
  rowMode?: 'array';
}

/** The protocol hooks of `pg.Query`. */
interface WireQueryBase {
  name?: string;
  queryMode?: 'extended';
  callback?: ResultCallback;
  prepare(connection: WireConnection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: WireConnection): void;
}

export const WireQuery = pg.Query as unknown as new (config: WireQueryConfig) => WireQueryBase & pg.Submittable;

/** Submits a query object and waits for its result. */
export function submit(client: pg.ClientBase, query: InstanceType<typeof WireQuery>): Promise<pg.QueryArrayResult> {
  return new Promise((resolve, reject) => {
    query.callback = (error, result) => (error ? reject(error) : resolve(result));
    client.query(query);
  });
}
