import { type CanActivate, type ExecutionContext, Injectable, UnsupportedMediaTypeException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Config } from '../config/config.js';
import { parseInTurn } from './big-bodies.js';
import { readBytes } from './body-bytes.js';
import { BODY_OPTIONS_METADATA, type BodyOptions, CONSUMES_METADATA } from './body-options.js';
import type { BodyRequest } from './body-request.js';
import { bodyFormOf, decodeBody, mediaTypeOf } from './body-type.js';
import { sha256 } from './idempotency/fingerprint.js';
import { parseBody } from './parse-body.js';
import { assertStorable } from '../json/storable.js';

/** Repetitions with a larger body are compared by its digest. */
const MAX_COMPARED_BYTES = 32_768;

/**
 * A guard that reads the body and applies the rules that hold for every body, query and path. It runs after
 * authorization, so that no body of an unauthenticated caller is parsed on a protected route, and after routing, so
 * that an unknown route is a 404 whatever its body.
 */
@Injectable()
export class BodyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<BodyRequest>();
    const handler = context.getHandler();
    assertStorable(request.params, ':');
    assertStorable(request.query, '?');
    if (!hasBody(request)) return true;
    const types = this.reflector.get<string[] | undefined>(CONSUMES_METADATA, handler);
    if (types) assertOneOf(types, request);
    else await this.#read(request, this.reflector.get<BodyOptions | undefined>(BODY_OPTIONS_METADATA, handler) ?? {});
    return true;
  }

  async #read(request: BodyRequest, options: BodyOptions): Promise<void> {
    const { limit = Infinity, lenientTypes = false, largeIntegers = 'refuse', keepBytes = false } = options;
    const form = bodyFormOf(mediaTypeOf(request), lenientTypes);
    const unknownType = new UnsupportedMediaTypeException('Send the body as application/json.');
    // Whether a chunked body is empty is only known after reading it. Clients send empty ones, which have no type.
    if (!form && request.headers['transfer-encoding'] === undefined) throw unknownType;
    const bytes = await readBytes(request, Math.min(limit, this.config.BODY_LIMIT_BYTES));
    if (bytes.length === 0) return;
    if (!form) throw unknownType;
    if (keepBytes) request.rawBody = bytes;
    if (bytes.length > MAX_COMPARED_BYTES && request.headers['idempotency-key'] !== undefined)
      request.bodyDigest = sha256(bytes);
    request.body = await parseInTurn(bytes.length, () => {
      const body = parseBody(decodeBody(bytes, request), form, largeIntegers);
      assertStorable(body);
      return body;
    });
  }
}

/** The body of a GET has no meaning (RFC 9110), so it is ignored. */
function hasBody({ headers, method }: BodyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function assertOneOf(types: string[], request: BodyRequest): void {
  if (!types.includes(mediaTypeOf(request))) throw new UnsupportedMediaTypeException(`Send the body as ${types[0]}.`);
}
