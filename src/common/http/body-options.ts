import { SetMetadata } from '@nestjs/common';
import type { LargeIntegers } from '../json/exact-json.js';

/** Options for reading the body of a route; the defaults suit most routes. */
export interface BodyOptions {
  /** Maximum body size in bytes, compressed and decompressed; BODY_LIMIT_BYTES applies if it is lower. */
  limit?: number;
  /**
   * For clients that cannot be changed: also accepts JSON as `text/plain` or without a type, and form data
   * (`application/x-www-form-urlencoded`) as an object of strings, with arrays for repeated names.
   */
  lenientTypes?: boolean;
  /**
   * `refuse` (the default), or `as-text` where a refused body would be lost: integers too large for a number become
   * strings.
   */
  largeIntegers?: LargeIntegers;
  /** Keeps the decompressed bytes as `request.rawBody`, for checking signatures. */
  keepBytes?: boolean;
}

export const BODY_OPTIONS_METADATA = 'tenantry:body-options';

/** Sets how a route reads its body. */
export const BodyRules = (options: BodyOptions): MethodDecorator => SetMetadata(BODY_OPTIONS_METADATA, options);

/** Maximum body size of sign-in requests, far more than any of them needs. */
const STRANGERS_BODY_BYTES = 16_384;

/** For routes without a credential, whose bodies are small. */
export const SmallBody = (): MethodDecorator => BodyRules({ limit: STRANGERS_BODY_BYTES });

export const CONSUMES_METADATA = 'tenantry:consumes';

/** The media types of a route whose body is not JSON. Such a route reads the request stream itself. */
export const Consumes = (...types: string[]): MethodDecorator => SetMetadata(CONSUMES_METADATA, types);
