import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { BadRequestException, PayloadTooLargeException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { Request } from 'express';

/** Has no prototype, so that `Content-Encoding: constructor` finds nothing. */
const DECODERS: Record<string, (() => Transform) | undefined> = Object.assign(
  Object.create(null) as Record<string, never>,
  {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
    zstd: createZstdDecompress,
  },
);

/**
 * Reads and decompresses the body of a request. The unread rest of a rejected body is drained when the response is
 * sent.
 * @param limit in bytes, for the compressed and the decompressed body, which also stops decompression bombs.
 * @throws HttpException: 413 beyond the limit, 415 for an unknown encoding, 400 for a corrupt one or a client that
 * disconnected.
 */
export async function readBytes(request: Request, limit: number): Promise<Buffer> {
  if (request.destroyed) throw new BadRequestException();
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new PayloadTooLargeException();
  const decoder = decoderOf(request);
  const chunks: Buffer[] = [];
  let arrived = 0;
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const count = (chunk: Buffer): void => {
    arrived += chunk.length;
    if (arrived > limit) reject(new PayloadTooLargeException());
  };
  const keep = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) reject(new PayloadTooLargeException());
    else chunks.push(chunk);
  };
  const broken = (): void => reject(new BadRequestException());
  const left = (): void => (request.complete ? undefined : broken());
  const source: Readable = decoder ?? request;
  request.on('data', count).on('error', broken).on('close', left);
  source.on('data', keep).on('error', broken).on('end', resolve);
  if (decoder) request.pipe(decoder);
  try {
    await promise;
  } finally {
    request.off('data', count).off('error', broken).off('close', left);
    source.off('data', keep).off('end', resolve);
    // Later errors concern no one, but without a listener they would crash the process.
    source.on('error', () => undefined);
    if (decoder) {
      request.unpipe(decoder);
      decoder.destroy();
    }
    request.resume();
  }
  return Buffer.concat(chunks, size);
}

function decoderOf(request: Request): Transform | undefined {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return undefined;
  const create = DECODERS[encoding];
  if (!create) throw new UnsupportedMediaTypeException('Send the body uncompressed, or as gzip, deflate, br or zstd.');
  return create();
}
