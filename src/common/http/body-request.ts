import type { Request } from 'express';

/** Express' request plus the bytes of its body, if the route keeps them (`BodyOptions.keepBytes`). */
export interface BodyRequest extends Request {
  /** The decompressed bytes; undefined if there was no body. */
  rawBody?: Buffer;
}
