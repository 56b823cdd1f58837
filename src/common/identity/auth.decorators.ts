import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from './actor.js';

export const ALLOW_METADATA = 'tenantry:allow';
export const PUBLIC_METADATA = 'tenantry:public';

/** Sets the permission that a route requires. Every route has this or `@Public()`; without either the guard refuses. */
export const Allow = (permission: string): MethodDecorator => SetMetadata(ALLOW_METADATA, permission);

/** Marks a route that requires no credential. */
export const Public = (): MethodDecorator => SetMetadata(PUBLIC_METADATA, true);

export const STREAM_METADATA = 'tenantry:stream';

/** Marks a route that answers with an event stream; tickets open no other routes. */
export const OpensStream = (): MethodDecorator => SetMetadata(STREAM_METADATA, true);

/** Express' request with the results of the identity middleware. */
export interface IdentifiedRequest extends Request {
  actor?: Actor;
  /** When the credential expires, in epoch milliseconds; streams end at that time. */
  credentialExpiresAt?: number;
  /** The tenant of the request, for logs. Business code uses `TenantContext` instead. */
  tenantId?: string;
  /** True if the request was identified by a ticket. */
  isByTicket?: boolean;
  /** Slug or domain from `/api/v1/t/<slug or domain>/…`, saved when the path was rewritten. */
  tenantPathHint?: string;
  /** The reason why there is no actor. The guard throws it, except on public routes. */
  identityFailure?: Error;
  /** The problem of the tenant that the request names. The guard throws it on every route. */
  tenantFailure?: Error;
}

/** Injects the request's actor into a controller method. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<IdentifiedRequest>();
  if (!actor) throw new Error('A public route has no actor.');
  return actor;
});

/** Injects the actor on a public route, where there may be none. */
export const ActorIfAny = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor | undefined =>
    context.switchToHttp().getRequest<IdentifiedRequest>().actor,
);
