import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ALLOW_METADATA, PUBLIC_METADATA } from '../../auth/auth.decorators.js';
import { IGNORES_KEY_METADATA } from '../idempotency/idempotency.decorators.js';

/** What a route's decorators say about who may call it. */
export interface RouteMetadata {
  isPublic: boolean;
  permission?: string;
  takesIdempotencyKey: boolean;
}

/** `UsersController.list` → `users_list`. Stable as long as the method keeps its name: generated clients are made of these. */
export function operationIdOf(controller: string, method: string): string {
  const noun = controller.replace(/Controller$/, '');
  return `${noun.charAt(0).toLowerCase()}${noun.slice(1)}_${method}`;
}

/** Who may call each route, by operation id. */
export function readRouteMetadata(app: INestApplication): Map<string, RouteMetadata> {
  const scanner = new MetadataScanner();
  const routes = new Map<string, RouteMetadata>();
  for (const { metatype } of app.get(DiscoveryService).getControllers()) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, object>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const read = (key: string): unknown =>
        Reflect.getMetadata(key, prototype[method] as object) ?? Reflect.getMetadata(key, metatype);
      routes.set(operationIdOf(metatype.name, method), {
        isPublic: read(PUBLIC_METADATA) === true,
        permission: read(ALLOW_METADATA) as string | undefined,
        takesIdempotencyKey: read(IGNORES_KEY_METADATA) !== true,
      });
    }
  }
  return routes;
}
