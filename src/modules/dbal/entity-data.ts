import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidInputError } from '../../common/errors/app-error.js';

/**
 * Passes the body on unvalidated: which fields are allowed depends on the entity in the path, so the gateway validates
 * it.
 */
export const EntityData = createParamDecorator((_: unknown, context: ExecutionContext): object => {
  const body: unknown = context.switchToHttp().getRequest<Request>().body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new InvalidInputError('The request is not valid.', [
    { pointer: '', detail: 'The body must be a JSON object.', code: 'object' },
  ]);
});
