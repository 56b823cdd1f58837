import { SetMetadata } from '@nestjs/common';
import type { LargeIntegers } from '../json/exact-json.js';

/** How a route takes its body, where that is not the usual way. */
export interface BodyOptions {
  /** Largest body in bytes, as sent and decompressed; BODY_LIMIT_BYTES where that is less. */
  limit?: number;
  /**
   * For senders that cannot be changed: JSON is also taken as `text/plain` or without a type, and a form
   * (`application/x-www-form-urlencoded`) becomes an object of texts, with lists where a name repeats.
   */
  lenientTypes?: boolean;
  /** `refuse` (the default), or `as-text` where a refused body would be lost: the digits become a string. */
  largeIntegers?: LargeIntegers;
  /** Keeps the bytes, decompressed, as `request.rawBody`: what signatures are made of. */
  keepBytes?: boolean;
}

export const BODY_OPTIONS_METADATA = 'tenantry:body-options';

/** Says how a route takes its body. */
export const BodyRules = (options: BodyOptions): MethodDecorator => SetMetadata(BODY_OPTIONS_METADATA, options);

/** Maximum body size of sign-in requests; far more than any of them needs. */
const STRANGERS_BODY_BYTES = 16_384;

/** For routes without a credential: their bodies are small. */
export const SmallBody = (): MethodDecorator => BodyRules({ limit: STRANGERS_BODY_BYTES });

export const CONSUMES_METADATA = 'tenantry:consumes';

/** The media types of a route whose body is not JSON. It reads the request's stream itself. */
export const Consumes = (...types: string[]): MethodDecorator => SetMetadata(CONSUMES_METADATA, types);
