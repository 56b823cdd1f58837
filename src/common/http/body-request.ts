import type { Request } from 'express';

/** Express' request with the bytes of its body, where the route keeps them: see `BodyOptions.keepBytes`. */
export interface BodyRequest extends Request {
  /** Decompressed, as they came. Undefined where there was no body. */
  rawBody?: Buffer;
}
