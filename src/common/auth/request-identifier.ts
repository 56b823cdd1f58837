import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../errors/app-error.js';
import type { TenantScope } from '../tenancy/tenant-context.js';
import { type ResolvedTenant, TenantResolver } from './tenant-resolver.js';
import { AccessTokens } from './access-tokens.js';
import type { Actor } from '../identity/actor.js';
import { ApiKeyUsage } from './api-key-usage.js';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';
import { type Credential, credentialOf } from './credentials.js';
import type { Identity } from './identity.js';
import { IdentityCache } from './identity-cache.js';
import { permissionSetOfPlatform } from '../identity/permissions.js';
import { StreamTickets } from './stream-tickets.js';
import { type TenantHint, tenantHintsOf } from './tenant-hints.js';
import { TenantMismatchError, TenantNotActiveError } from './tenant-refusals.js';

/**
 * Identity of a request before its route is known. Failures are values here, because the route determines which of them
 * matter.
 */
export interface RequestIdentity {
  actor?: Actor;
  scope?: TenantScope;
  /** When the credential itself expires, in epoch milliseconds. */
  credentialExpiresAt?: number;
  /** True if identified by a ticket, which can only open streams. */
  isByTicket?: boolean;
  identityFailure?: Error;
  tenantFailure?: Error;
}

interface Authenticated {
  readonly identity: Identity;
  readonly expiresAt: number;
}

/**
 * Identifies the caller and the tenant of a request. A token or key determines the tenant, and nothing else in the
 * request may contradict it. For platform admins all hints must agree. Before sign-in the first hint decides.
 */
@Injectable()
export class RequestIdentifier {
  constructor(
    private readonly config: Config,
    private readonly tokens: AccessTokens,
    private readonly identities: IdentityCache,
    private readonly tenants: TenantResolver,
    private readonly apiKeyUsage: ApiKeyUsage,
    private readonly tickets: StreamTickets,
  ) {}

  /** Never throws. */
  async identify(request: IdentifiedRequest): Promise<RequestIdentity> {
    const result: RequestIdentity = {};
    let identity: Identity | null = null;
    try {
      const credential = credentialOf(request);
      result.isByTicket = credential?.kind === 'ticket';
      const authenticated = aliveOnly(await this.authenticate(credential));
      if (authenticated) {
        identity = authenticated.identity;
        result.actor = identity.actor ?? undefined;
        result.credentialExpiresAt = authenticated.expiresAt;
      }
    } catch (error) {
      result.identityFailure = asError(error);
    }
    try {
      const hints = tenantHintsOf(request, this.config.BASE_DOMAIN);
      const scope = identity?.tenantId
        ? await this.scopeOf(identity, identity.tenantId, hints)
        : await (identity ? this.agreedScope(hints) : this.hintedScope(hints));
      if (scope) result.scope = scope;
    } catch (error) {
      result.tenantFailure = asError(error);
    }
    return withinTenant(result);
  }

  private async authenticate(credential: Credential | null): Promise<Authenticated | null> {
    if (!credential) return null;
    if (credential.kind === 'api_key') return this.ofKey(credential);
    const claims =
      credential.kind === 'token'
        ? await this.tokens.verify(credential.token)
        : await this.tickets.use(credential.tenantId, credential.hash);
    const identity = await this.identities.ofToken(claims);
    return { identity, expiresAt: Math.min(identity.expiresAt, claims.expiresAt) };
  }

  private async ofKey({ tenantId, hash }: { tenantId: string; hash: string }): Promise<Authenticated> {
    const identity = await this.identities.ofApiKey(tenantId, hash);
    if (!identity) throw new UnauthenticatedError();
    if (identity.actor) this.apiKeyUsage.used(tenantId, { ...identity.actor, apiKeyId: identity.credentialId });
    return { identity, expiresAt: identity.expiresAt };
  }

  private async scopeOf(
    { tenantStatus, actor }: Identity,
    tenantId: string,
    hints: TenantHint[],
  ): Promise<TenantScope> {
    for (const { source, name } of hints) {
      const named = name.kind === 'id' ? { id: name.value.toLowerCase() } : await this.tenants.resolve(name);
      // A host without a tenant is ignored; any other name that does not resolve to this tenant is a contradiction.
      if (named ? named.id !== tenantId : source !== 'host') throw new TenantMismatchError();
    }
    if (tenantStatus !== 'ACTIVE') throw new TenantNotActiveError();
    return { tenantId, source: actor?.kind === 'api_key' ? 'api_key' : 'token' };
  }

  /** Returns the scope of a platform admin, who may name any tenant, but only one. */
  private async agreedScope(hints: TenantHint[]): Promise<TenantScope | undefined> {
    const scope = await this.hintedScope(hints);
    if (!scope) return undefined;
    for (const { source, name } of hints) {
      const tenant = await this.tenants.resolve(name);
      if (tenant ? tenant.id !== scope.tenantId : source !== 'host') throw new TenantMismatchError();
    }
    return scope;
  }

  private async hintedScope(hints: TenantHint[]): Promise<TenantScope | undefined> {
    for (const { source, name } of hints) {
      const tenant = await this.tenants.resolve(name);
      if (tenant) return { tenantId: activeId(tenant), source };
      if (source !== 'host') throw new NotFoundError('tenant');
    }
    return undefined;
  }
}

function activeId({ id, status }: ResolvedTenant): string {
  if (status !== 'ACTIVE') throw new TenantNotActiveError();
  return id;
}

/** A revoked credential does not determine the tenant either: clients may still send it when they sign in again. */
function aliveOnly(authenticated: Authenticated | null): Authenticated | null {
  if (authenticated && !authenticated.identity.actor) throw new UnauthenticatedError();
  return authenticated;
}

/** Inside a tenant, a platform admin also has the permissions of its owner. */
function withinTenant(result: RequestIdentity): RequestIdentity {
  const { actor, scope } = result;
  if (actor?.kind !== 'platform' || !scope) return result;
  return { ...result, actor: { ...actor, permissions: permissionSetOfPlatform(true) } };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new ForbiddenError();
}
