import type { NestExpressApplication } from '@nestjs/platform-express';

type CorsOptions = Parameters<NestExpressApplication['enableCors']>[0];

const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-API-Key',
  'X-Request-Id',
  'X-Tenant-ID',
  'X-Tenant-Slug',
  // Headers that browser tracing adds to every request.
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
];

const RESPONSE_HEADERS = [
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

const PREFLIGHT_SECONDS = 600;

/**
 * Allows browsers of these origins, without cookies, so that no other site can act for a signed-in user. `*` allows
 * all. @param ownHeaders request headers allowed in addition to the default ones.
 */
export function corsOptions(origins: string[], ownHeaders: string[]): CorsOptions {
  return {
    origin: origins.includes('*') ? '*' : origins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [...REQUEST_HEADERS, ...ownHeaders],
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  };
}
