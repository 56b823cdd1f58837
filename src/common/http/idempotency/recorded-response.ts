import { StreamableFile } from '@nestjs/common';
import type { Response } from 'express';
import type { Prisma } from '../../../generated/prisma/client.js';

/** Headers that are part of the result and are replayed with it. */
const KEPT_HEADERS = ['Location', 'ETag'];

export interface RecordedResponse {
  status: number;
  headers: Record<string, string>;
  /** The JSON that was sent; undefined without a body. */
  body: Prisma.InputJsonValue | null | undefined;
}

/** Sets the value at `path` (`'invitation.token'`) to null if it exists. */
function blank(value: unknown, path: string[]): void {
  const [name, ...rest] = path;
  if (typeof value !== 'object' || value === null || name === undefined || !(name in value)) return;
  const holder = value as Record<string, unknown>;
  if (rest.length > 0) blank(holder[name], rest);
  else holder[name] = null;
}

/** Returns the record of a successful response, without its secrets; null if it failed or cannot be replayed. */
export function recordResponse(
  response: Response,
  result: unknown,
  secrets: readonly string[],
): RecordedResponse | null {
  const { statusCode: status } = response;
  if (status < 200 || status > 299 || response.headersSent || result instanceof StreamableFile) return null;
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = response.getHeader(name);
    if (typeof value === 'string') headers[name] = value;
  }
  if (result === undefined || result === null) return { status, headers, body: undefined };
  const body = JSON.parse(JSON.stringify(result)) as Prisma.InputJsonValue;
  for (const field of secrets) blank(body, field.split('.'));
  return { status, headers, body };
}

/** Sets status and headers of a recorded response and returns its body. */
export function replay(response: Response, recorded: RecordedResponse): unknown {
  response.status(recorded.status);
  for (const [name, value] of Object.entries(recorded.headers)) response.setHeader(name, value);
  response.setHeader('Idempotency-Replayed', 'true');
  return recorded.body ?? undefined;
}
