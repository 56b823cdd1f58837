import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { truncate } from '../../../../common/values/text-length.js';
import { ActionError } from '../workflow-action.js';

/** The `Accept-Encoding` of requests: exactly the encodings that can be decoded. */
export const READABLE_ENCODINGS = 'gzip, deflate, br';

const DECODERS: Record<string, (firstByte: number) => Transform> = Object.assign(Object.create(null), {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflateOfEitherForm,
  br: createBrotliDecompress,
});

/**
 * The server responded, but the response cannot be read. Never retryable, because the request may have taken effect.
 */
export class UnreadableAnswerError extends ActionError {
  constructor(cause: unknown) {
    const { code } = cause as NodeJS.ErrnoException;
    super('http.unreadable', `The server responded, but the response could not be read${code ? ` (${code})` : ''}.`);
    this.cause = cause;
  }
}

/**
 * Reads and decompresses the body. Size is counted before and after decompression, against decompression bombs and
 * endless compressed streams without content.
 * @throws ActionError for an unknown encoding and a body of more than `maxBytes`; UnreadableAnswerError for everything
 * else.
 */
export async function readBody(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  const decoderFor = DECODERS[encoding];
  if (!decoderFor && encoding !== 'identity') {
    throw new ActionError('http.encoding', `The server sent an unsupported encoding: ${truncate(encoding, 50)}.`);
  }
  try {
    return await decoded(response, decoderFor, limitTo(maxBytes), signal);
  } catch (error) {
    throw error instanceof ActionError ? error : new UnreadableAnswerError(error);
  }
}

type Step = (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;

async function decoded(
  response: IncomingMessage,
  decoderFor: ((firstByte: number) => Transform) | undefined,
  limit: Step,
  signal: AbortSignal,
): Promise<Buffer> {
  const received = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  // A response without a body may still declare an encoding, and a decompressor treats empty input as a broken stream.
  const first = await received.next();
  if (first.done) return Buffer.alloc(0);
  const source = startingWith(first.value, received);
  const chunks: Buffer[] = [];
  const collect = async (incoming: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of incoming) chunks.push(chunk);
  };
  if (decoderFor) await pipeline(source, limit, decoderFor(first.value[0]!), limit, collect, { signal });
  else await pipeline(source, limit, collect, { signal });
  return Buffer.concat(chunks);
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function limitTo(maxBytes: number): Step {
  return async function* (source) {
    let length = 0;
    for await (const chunk of source) {
      length += chunk.length;
      if (length > maxBytes)
        throw new ActionError('http.response_too_large', `The response is larger than ${maxBytes} bytes.`);
      yield chunk;
    }
  };
}

/**
 * "deflate" is the zlib format (RFC 1950), but many servers send raw deflate (RFC 1951). In the zlib format the first
 * byte contains the method, 8.
 */
function createInflateOfEitherForm(firstByte: number): Transform {
  return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw();
}
