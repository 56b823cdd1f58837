import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { titleOf } from '../problem.js';

/**
 * Documents error statuses of a route beyond those that are derived automatically (400, 401, 403, 404, 412, 413, 415,
 * 429, 503, and 409 and 422 of idempotency keys).
 */
export const ApiProblems = (...statuses: number[]): MethodDecorator & ClassDecorator =>
  applyDecorators(...statuses.map((status) => ApiResponse({ status, description: titleOf(status) })));
