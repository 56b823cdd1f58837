import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuditRefusals } from '../audit/audit-refusals.js';
import { ForbiddenError, UnauthenticatedError } from '../errors/app-error.js';
import { pathForLogs } from '../request/path-for-logs.js';
import type { Actor } from '../identity/actor.js';
import {
  ALLOW_METADATA,
  type IdentifiedRequest,
  PUBLIC_METADATA,
  STREAM_METADATA,
} from '../identity/auth.decorators.js';
import { isPlatformPermission } from '../identity/permissions.js';
import { TenantNotActiveError, TenantRequiredError } from './tenant-refusals.js';

/**
 * Denies by default: a route is either public or requires one permission of the actor. A public route ignores the
 * credential, even an invalid one, but still refuses a request that names its tenant wrongly.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly refusals: AuditRefusals,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handlers = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    // URLs end up in logs and histories, so a ticket may open one stream and nothing else, whatever the request claims
    // to accept.
    if (request.isByTicket && !this.reflector.get<boolean | undefined>(STREAM_METADATA, context.getHandler())) {
      throw new UnauthenticatedError('auth.unauthenticated', 'A ticket can only be used to open an event stream.');
    }
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, handlers)) refuseForPublic(request);
    else await this.refuseUnlessAllowed(request, this.reflector.getAllAndOverride(ALLOW_METADATA, handlers));
    return true;
  }

  private async refuseUnlessAllowed(request: IdentifiedRequest, permission: string | undefined): Promise<void> {
    const actor = actorOf(request, permission);
    if (permission !== undefined && actor.permissions.has(permission)) return;
    // Requests to the platform's own routes do not concern a tenant that a header happens to name.
    if (permission !== undefined && !isPlatformPermission(permission)) {
      const { method } = request;
      await this.refusals.record(actor, {
        action: 'request.refused',
        details: { permission, method, path: pathForLogs(request) },
        attempt: `${permission} ${method}`,
      });
    }
    throw new ForbiddenError();
  }
}

function refuseForPublic({ identityFailure, tenantFailure }: IdentifiedRequest): void {
  if (identityFailure && !(identityFailure instanceof UnauthenticatedError)) throw identityFailure;
  if (tenantFailure) throw tenantFailure;
}

/** Returns the actor. Throws the failure that was recorded while the caller or the tenant was identified. */
function actorOf(request: IdentifiedRequest, permission: string | undefined): Actor {
  const { actor, identityFailure, tenantFailure, tenantId } = request;
  if (identityFailure) throw identityFailure;
  if (!actor) throw new UnauthenticatedError();
  const forPlatform = permission !== undefined && isPlatformPermission(permission);
  // The platform's own routes work on the registry, so they must also work for a suspended tenant.
  if (tenantFailure && !(forPlatform && tenantFailure instanceof TenantNotActiveError)) throw tenantFailure;
  if (actor.kind === 'platform' && !tenantId && !forPlatform) throw new TenantRequiredError(false);
  return actor;
}
