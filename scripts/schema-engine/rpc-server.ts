import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';

/** One of the engine's procedures by its name on the wire. */
export type Procedure = (params: never) => Promise<unknown>;

interface Request {
  id: number;
  method?: string;
  params?: unknown;
}

/** What the CLI shows: `error_code` is Prisma's public code, `message` what happened. */
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
 * JSON-RPC 2.0 over lines of JSON, as Prisma's CLI speaks with its schema engine. Requests run one after the other.
 * Resolves when the input has ended and all that was asked is answered.
 */
export async function serveRpc(
  input: Readable,
  output: Writable,
  procedures: Record<string, Procedure>,
): Promise<void> {
  const send = (message: object): void => void output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const { id, method, params } = JSON.parse(line) as Request;
    // Answers of the CLI to what it was asked to print.
    if (method === undefined) continue;
    const procedure = Object.hasOwn(procedures, method) ? procedures[method] : undefined;
    if (!procedure) {
      send({
        id,
        error: {
          code: METHOD_NOT_FOUND,
          message: 'Method not found',
          data: errorData(new Error(`The schema engine bridge does not support ${method}.`)),
        },
      });
      continue;
    }
    try {
      send({ id, result: (await procedure((params ?? {}) as never)) ?? {} });
    } catch (error) {
      send({
        id,
        error: {
          code: PROCEDURE_FAILED,
          message: 'An error happened. Check the data field for details.',
          data: errorData(error),
        },
      });
    }
  }
}

/** A request of ours to the CLI: write this to standard output. */
export function printMessage(id: number, content: string): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method: 'print', params: { content } })}\n`;
}

function errorData(error: unknown): ErrorData {
  const { message, code, meta } = error as { message?: string; code?: string; meta?: unknown };
  // A panic of WebAssembly is a trap: an error of the runtime, without a code.
  return {
    is_panic: (error as Error).name === 'RuntimeError',
    message: message ?? String(error),
    meta: meta ?? null,
    error_code: code ?? null,
  };
}
