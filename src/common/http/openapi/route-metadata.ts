import type { INestApplication } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ALLOW_METADATA, PUBLIC_METADATA } from '../../identity/auth.decorators.js';
import { IGNORES_KEY_METADATA } from '../idempotency/idempotency.decorators.js';
import { namesOf, type OperationNames } from './operation-names.js';

/** The metadata of a route, with derived names where its decorators give none. */
export interface RouteMetadata extends OperationNames {
  /** Details beyond the summary, if any. */
  description?: string;
  isPublic: boolean;
  permission?: string;
  takesIdempotencyKey: boolean;
}

/** Metadata key of `@ApiOperation`; the package does not export it. */
const API_OPERATION_METADATA = 'swagger/apiOperation';

/**
 * Reads the metadata of all routes, by operation id.
 * @throws Error when two routes have the same id, since each becomes a method of generated clients.
 */
export function readRouteMetadata(app: INestApplication): Map<string, RouteMetadata> {
  const scanner = new MetadataScanner();
  const routes = new Map<string, RouteMetadata>();
  for (const { metatype } of app.get(DiscoveryService).getControllers()) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, object>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method] as object;
      if (!Reflect.hasMetadata(PATH_METADATA, handler)) continue;
      const read = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, metatype);
      const route: RouteMetadata = {
        ...namesOf(metatype.name, method),
        ...written(Reflect.getMetadata(API_OPERATION_METADATA, handler)),
        isPublic: read(PUBLIC_METADATA) === true,
        permission: read(ALLOW_METADATA) as string | undefined,
        takesIdempotencyKey: read(IGNORES_KEY_METADATA) !== true,
      };
      if (routes.has(route.operationId)) {
        throw new Error(
          `Two routes have the operationId ${route.operationId}; one of them is ${metatype.name}.${method}. ` +
            'Give it another one with @ApiOperation({ operationId, summary }).',
        );
      }
      routes.set(route.operationId, route);
    }
  }
  return routes;
}

/** Reads what `@ApiOperation` sets; Nest writes an empty summary if there is none. */
function written(operation: Partial<Record<'operationId' | 'summary' | 'description', string>> = {}): object {
  const { operationId, summary, description } = operation;
  return { ...(operationId && { operationId }), ...(summary && { summary }), ...(description && { description }) };
}
