import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type BodyRequest, JSON_TYPES } from './body.middleware.js';
import { assertStorable } from './storable.js';

const CONSUMES_METADATA = 'tenantry:consumes';

/** The media types of a route whose body is not JSON. It reads the request's stream itself. */
export const Consumes = (...types: string[]): MethodDecorator => SetMetadata(CONSUMES_METADATA, types);

/** The last guard, after who may call: judges what every body, query and path must hold to. */
@Injectable()
export class BodyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<BodyRequest>();
    const types = this.reflector.get<string[] | undefined>(CONSUMES_METADATA, context.getHandler()) ?? JSON_TYPES;
    if (hasBody(request)) {
      if (!request.is(types)) throw new UnsupportedMediaTypeException(`Send the body as ${types[0]}.`);
      if (request.bodyFailure) throw request.bodyFailure;
    }
    assertStorable(request.params, ':');
    assertStorable(request.query, '?');
    if (isObject(request.body)) assertStorable(request.body);
    return true;
  }
}

/** The body of a GET has no meaning: whatever it is, it changes nothing. */
function hasBody({ headers, method }: BodyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
