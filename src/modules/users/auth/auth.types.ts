import type { Actor } from '../../../common/identity/actor.js';
import type { PlatformAdmin } from '../../tenants/platform-admins/platform-admins.types.js';
import type { Tenant } from '../../tenants/tenants.types.js';
import type { User } from '../users.types.js';

export interface SignInInput {
  /** Slug, domain or id; may be absent if the request identifies the tenant. */
  tenant?: string;
  /** E-mail address or username, in lower case. */
  identifier: string;
  password: string;
}

/** The tokens that a client needs to continue. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Lifetime of the access token in seconds (OAuth's `expires_in`). */
  expiresIn: number;
}

export interface SignedIn extends TokenPair {
  user: User;
}

/** Describes the caller. Exactly one of `user` and `platformAdmin` is present. */
export interface WhoAmI {
  actor: Actor;
  user: User | null;
  platformAdmin: PlatformAdmin | null;
  tenant: Tenant;
}
