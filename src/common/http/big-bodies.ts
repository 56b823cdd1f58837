import { OneByOne } from './one-by-one.js';

/** From here on a body takes a noticeable piece of the main thread. */
const BIG_BYTES = 32_768;

const known = new WeakSet<object>();
/** One for the process, which has one main thread. */
const queue = new OneByOne();

/** Parses a body of so many bytes: a big one after those that came before it, in a turn of its own. */
export async function parseInTurn(bytes: number, parse: () => object): Promise<object> {
  if (bytes < BIG_BYTES) return parse();
  const body = await queue.run(parse);
  known.add(body);
  return body;
}

/** Works on a body that was parsed before: at once, or for a big one in a turn of its own. */
export async function workInTurn<T>(body: unknown, work: () => T): Promise<T> {
  return typeof body === 'object' && body !== null && known.has(body) ? queue.run(work) : work();
}
