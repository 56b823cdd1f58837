import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';

/** One of the engine's procedures, by its protocol name. */
export type Procedure = (params: never) => Promise<unknown>;

interface Request {
  id: number;
  method?: string;
  params?: unknown;
}

/** Error data shown by the CLI: `error_code` is Prisma's public code, `message` the description. */
interface ErrorData {
  is_panic: boolean;
  message: string;
  meta: unknown;
  error_code: string | null;
}

const METHOD_NOT_FOUND = -32601;
/** The native engine's code for every failure of a procedure. */
const PROCEDURE_FAILED = 4466;

/**
 * JSON-RPC 2.0 over lines of JSON, as Prisma's CLI communicates with its schema engine. Requests run one after the
 * other. Every request is answered: if the engine disappears during one, the CLI would report success.
 * @param crashed rejects when no response can be expected any longer.
 * @returns when the input has ended.
 */
export async function serveRpc(
  input: Readable,
  output: Writable,
  procedures: Record<string, Procedure>,
  crashed: Promise<never>,
): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const { id, method, params } = JSON.parse(line) as Request;
    // The CLI responds to print requests; the response is ignored.
    if (method === undefined) continue;
    const answer = await call(procedures, method, params, crashed);
    output.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
  }
}

async function call(
  procedures: Record<string, Procedure>,
  method: string,
  params: unknown,
  crashed: Promise<never>,
): Promise<object> {
  const procedure = Object.hasOwn(procedures, method) ? procedures[method] : undefined;
  if (!procedure) {
    const data = errorData(new Error(`The schema engine bridge does not support ${method}.`));
    return { error: { code: METHOD_NOT_FOUND, message: 'Method not found', data } };
  }
  try {
    const result = await Promise.race([procedure((params ?? {}) as never), crashed]);
    return { result: result ?? {} };
  } catch (error) {
    const message = 'An error happened. Check the data field for details.';
    return { error: { code: PROCEDURE_FAILED, message, data: errorData(error) } };
  }
}

/** Returns a request to the CLI to write to standard output. */
export function printMessage(id: number, content: string): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method: 'print', params: { content } })}\n`;
}

function errorData(error: unknown): ErrorData {
  const { message, code, meta } = error as { message?: string; code?: string; meta?: unknown };
  // Never a panic: for those the CLI offers to send a report to Prisma.
  return { is_panic: false, message: message ?? String(error), meta: meta ?? null, error_code: code ?? null };
}
