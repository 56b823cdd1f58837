import { applyDecorators } from '@nestjs/common';
import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { titleOf } from '../problem.js';
import { ProblemSchema } from './problem.schema.js';

/**
 * Documents statuses that a route answers with a problem, beyond those that every route has by its form
 * (400, 401, 403, 404, 412, 413, 415, 429, 503: the document adds them itself).
 */
export const ApiProblems = (...statuses: number[]): MethodDecorator & ClassDecorator =>
  applyDecorators(...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })));

/** The OpenAPI response object of a problem. */
export function problemResponse(status: number): {
  description: string;
  content: Record<string, { schema: { $ref: string } }>;
} {
  return {
    description: titleOf(status),
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemSchema) } } },
  };
}
