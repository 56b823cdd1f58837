import type { Server } from 'node:http';
import { VersioningType } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import type { Logger as RootLogger } from 'pino';
import { Config } from './common/config/config.js';
import { logRequests } from './common/logging/request-log.js';
import { ROOT_LOGGER } from './common/logging/root-logger.js';
import { serveAccountPages } from './common/http/account-pages.js';
import { writeBigIntsToJson } from './common/http/bigint-json.js';
import { compressAnswers } from './common/http/compression.js';
import { decideByEntityTags } from './common/http/conditional-requests.js';
import { corsOptions } from './common/http/cors-options.js';
import { traceRequests } from './common/observability/request-spans.js';
import { Tracing } from './common/tracing/tracing.js';
import { answerMalformedRequests } from './common/http/malformed-requests.js';
import { REFERENCE_PATH, serveReference } from './common/http/openapi/reference-page.js';
import { takeOriginForm } from './common/http/origin-form.js';
import { openRequestContext } from './common/request/request-facts.js';
import { API_PREFIX, PROBE_PATHS, refuseForeignPaths } from './common/request/served-paths.js';
import { neverCache, securityHeaders } from './common/http/security-headers.js';
import { readTenantFromPath } from './common/http/tenant-path.middleware.js';

/**
 * The HTTP configuration shared by the application and its tests. Call once, before `init()`, on an application created
 * with `bodyParser: false`. The order matters: middleware also applies to errors of what comes after it.
 */
export function configureApp(app: NestExpressApplication): void {
  const config = app.get(Config);
  const servesApi = config.APP_ROLE !== 'worker';
  app.useLogger(app.get(Logger));
  writeBigIntsToJson();

  app.set('trust proxy', trustProxy(config.TRUST_PROXY));
  app.set('query parser', 'simple');
  // Entity tags are made from versions, not from hashes of responses.
  app.set('etag', false);
  app.disable('x-powered-by');
  app.setGlobalPrefix(API_PREFIX, { exclude: PROBE_PATHS });
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });

  decideByEntityTags(app);

  const server = app.getHttpServer() as Server;
  answerMalformedRequests(server);
  takeOriginForm(server);
  app.use(openRequestContext);
  const tracing = app.get(Tracing);
  if (tracing.isOn) app.use(traceRequests(tracing));
  app.use(logRequests(app.get<RootLogger>(ROOT_LOGGER)));
  app.use(readTenantFromPath);
  app.use(securityHeaders(REFERENCE_PATH));
  if (config.CORS_ORIGINS.length > 0) app.enableCors(corsOptions(config.CORS_ORIGINS, config.CORS_ALLOWED_HEADERS));
  app.use(compressAnswers());
  if (servesApi) serveAccountPages(app);
  app.use(refuseForeignPaths(servesApi));
  if (servesApi) serveReference(app);
  app.use(neverCache);
}

/** Returns a number of hops, a list of addresses or subnets, or false for no trust. */
function trustProxy(setting: string): false | number | string[] {
  if (setting === 'false') return false;
  return /^[0-9]+$/.test(setting) ? Number(setting) : setting.split(',').map((part) => part.trim());
}
