import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ForbiddenError, UnauthenticatedError } from '../errors/app-error.js';
import { ALLOW_METADATA, type IdentifiedRequest, PUBLIC_METADATA } from './auth.decorators.js';
import { isPlatformPermission } from './permissions.js';
import { TenantNotActiveError, TenantRequiredError } from './tenant-refusals.js';

/**
 * Denies by default: a route is public, or asks for one permission of the actor.
 * A public route does without a credential, even a stale one; a tenant that is named wrongly is refused there, too.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const handlers = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, handlers)) refuseForPublic(request);
    else refuseUnlessAllowed(request, this.reflector.getAllAndOverride<string | undefined>(ALLOW_METADATA, handlers));
    return true;
  }
}

function refuseForPublic({ identityFailure, tenantFailure }: IdentifiedRequest): void {
  if (identityFailure && !(identityFailure instanceof UnauthenticatedError)) throw identityFailure;
  if (tenantFailure) throw tenantFailure;
}

function refuseUnlessAllowed(request: IdentifiedRequest, permission: string | undefined): void {
  const { actor, identityFailure, tenantFailure, tenantId } = request;
  if (identityFailure) throw identityFailure;
  if (!actor) throw new UnauthenticatedError();
  const forPlatform = permission !== undefined && isPlatformPermission(permission);
  // The platform's own routes work on the registry: they must do for a tenant that is suspended.
  if (tenantFailure && !(forPlatform && tenantFailure instanceof TenantNotActiveError)) throw tenantFailure;
  if (actor.kind === 'platform' && !tenantId && !forPlatform) throw new TenantRequiredError();
  if (permission === undefined || !actor.permissions.has(permission)) throw new ForbiddenError();
}
