import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { titleOf } from '../problem.js';

/**
 * Documents statuses that a route answers with a problem, beyond those that every route has by its form
 * (400, 401, 403, 404, 412, 413, 415, 429, 503, and 409 and 422 of idempotency keys: the document adds those that apply itself).
 */
export const ApiProblems = (...statuses: number[]): MethodDecorator & ClassDecorator =>
  applyDecorators(...statuses.map((status) => ApiResponse({ status, description: titleOf(status) })));
