import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from './actor.js';

export const ALLOW_METADATA = 'tenantry:allow';
export const PUBLIC_METADATA = 'tenantry:public';

/** Who may call a route. Every route carries this or `@Public()`; without either the guard refuses. */
export const Allow = (permission: string): MethodDecorator => SetMetadata(ALLOW_METADATA, permission);

/** A route that asks for no credential. */
export const Public = (): MethodDecorator => SetMetadata(PUBLIC_METADATA, true);

export const STREAM_METADATA = 'tenantry:stream';

/** A route that answers with an event stream: the only ones that tickets open. */
export const OpensStream = (): MethodDecorator => SetMetadata(STREAM_METADATA, true);

/** Express' request with what the identity middleware learned. */
export interface IdentifiedRequest extends Request {
  actor?: Actor;
  /** When the credential ends, in milliseconds of the epoch; what goes on for longer ends with it. */
  credentialExpiresAt?: number;
  /** The tenant the request works in; for logs. Business code is inside `TenantContext` already. */
  tenantId?: string;
  /** Whether a ticket stands for the credential. */
  isByTicket?: boolean;
  /** Slug or domain out of `/api/v1/t/<slug or domain>/…`, left by the rewriting of the path. */
  tenantPathHint?: string;
  /** Why there is no actor. The guard throws it, except on public routes. */
  identityFailure?: Error;
  /** What is wrong with the tenant the request names. The guard throws it on every route. */
  tenantFailure?: Error;
}

/** The actor of the request, as a controller method's parameter. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<IdentifiedRequest>();
  if (!actor) throw new Error('A public route has no actor.');
  return actor;
});

/** The actor on a public route, where there may be none. */
export const ActorIfAny = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor | undefined =>
    context.switchToHttp().getRequest<IdentifiedRequest>().actor,
);
