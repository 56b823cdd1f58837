import { Prisma } from '../../../generated/prisma/client.js';

/*
 * Prisma converts the value of a JSON column to an argument property by property and interprets some of them:
 * `__proto__` is lost; `$type`, `__prismaRawParameters__` and `toStringTag` are taken for Prisma's own markers; and
 * each value costs an extra object. Data may have any key, so values of JSON columns are sent as text, serialized by
 * JSON.stringify.
 *
 * This uses private API of an exactly pinned Prisma.
 */

interface Field {
  readonly name: string;
  readonly type: string;
}

interface Call {
  readonly model?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface Client {
  _runtimeDataModel?: { models?: Record<string, { fields: readonly Field[] }> };
  _executeRequest?: (call: Call) => Promise<unknown>;
}

/** An absent value, and Prisma's representations of null. */
const NO_JSON = new Set<unknown>([undefined, null, Prisma.DbNull, Prisma.JsonNull, Prisma.AnyNull]);
/** Arguments that contain a row or a list of rows. */
const ROWS = ['data', 'create', 'update'] as const;

/**
 * Sends values of JSON columns as text, in queries of the client and of its interactive transactions. Rows written
 * through a relation of another row are not affected.
 * @throws Error when Prisma's internals differ from what is expected.
 */
export function sendJsonAsText(client: object): void {
  const prisma = client as Client;
  const models = prisma._runtimeDataModel?.models;
  const execute = prisma._executeRequest;
  if (!models || typeof execute !== 'function') {
    throw new Error(
      "Prisma's internals have changed: JSON cannot be sent as text, so data would not be stored unchanged.",
    );
  }
  const columns = new Map(
    Object.entries(models).map(([model, { fields }]) => [
      model,
      fields.filter(({ type }) => type === 'Json').map(({ name }) => name),
    ]),
  );
  prisma._executeRequest = function (call) {
    const names = call.model === undefined ? undefined : columns.get(call.model);
    return execute.call(this, names?.length && call.args ? { ...call, args: withTexts(call.args, names) } : call);
  };
}

function withTexts(args: Readonly<Record<string, unknown>>, columns: readonly string[]): Record<string, unknown> {
  const sent = { ...args };
  for (const argument of ROWS) {
    const rows = args[argument];
    if (Array.isArray(rows)) sent[argument] = rows.map((row) => rowWithTexts(row, columns));
    else if (rows) sent[argument] = rowWithTexts(rows, columns);
  }
  return sent;
}

function rowWithTexts(row: unknown, columns: readonly string[]): Record<string, unknown> {
  const sent = { ...(row as Record<string, unknown>) };
  for (const column of columns) {
    const value = sent[column];
    if (!NO_JSON.has(value)) sent[column] = new JsonText(value);
  }
  return sent;
}

/** Prisma uses the result of `toJSON` as the argument itself. */
class JsonText {
  constructor(private readonly value: unknown) {}

  toJSON(): { $type: 'Json'; value: string } {
    return { $type: 'Json', value: JSON.stringify(this.value) };
  }
}
