import { OneByOne } from './one-by-one.js';

/** Bodies of at least this size occupy the main thread for a noticeable time. */
const BIG_BYTES = 32_768;

const known = new WeakSet<object>();
/** Shared by the process, which has one main thread. */
const queue = new OneByOne();

/**
 * Parses a body of the given size. Large bodies are parsed one after the other, each in its own turn of the event loop.
 */
export async function parseInTurn(bytes: number, parse: () => object): Promise<object> {
  if (bytes < BIG_BYTES) return parse();
  const body = await queue.run(parse);
  known.add(body);
  return body;
}

/** Works on a parsed body: at once, or for a large one in its own turn of the event loop. */
export async function workInTurn<T>(body: unknown, work: () => T): Promise<T> {
  return typeof body === 'object' && body !== null && known.has(body) ? queue.run(work) : work();
}
