import type { Request } from 'express';

/** Express' request plus the bytes of its body, if the route keeps them (`BodyOptions.keepBytes`). */
export interface BodyRequest extends Request {
  /** The decompressed bytes; undefined if there was no body. */
  rawBody?: Buffer;
  /** SHA-256 of a body above 32 KiB that came with an Idempotency-Key, by which repetitions are compared. */
  bodyDigest?: string;
}
