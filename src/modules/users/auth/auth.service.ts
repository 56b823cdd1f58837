import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { readSecret } from '../../../common/auth/secret-token.js';
import { TenantEntrance } from '../../../common/auth/tenant-entrance.js';
import { UnauthenticatedError } from '../../../common/errors/app-error.js';
import { UsersService } from '../users.service.js';
import { AccessGrants } from './access-grants.js';
import { invalidRefreshToken } from './auth.errors.js';
import type { SignedIn, SignInInput, TokenPair } from './auth.types.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

/** Signs users in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly entrance: TenantEntrance,
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly grants: AccessGrants,
    private readonly users: UsersService,
  ) {}

  /** @throws the errors of `TenantEntrance.byName` and `SignInService.signIn`. */
  login({ tenant, identifier, password }: SignInInput): Promise<SignedIn> {
    return this.entrance.byName(tenant, async () => {
      const session = await this.signIns.signIn(identifier, password);
      const [pair, user] = await Promise.all([this.grants.pairFor(session), this.users.get(session.userId)]);
      return { ...pair, user };
    });
  }

  /**
   * Exchanges a refresh token; see `SessionsService.refresh` for one that is used twice.
   * @throws UnauthenticatedError `auth.invalid_refresh_token`; the errors of `TenantEntrance.bySecret`.
   */
  async refresh(refreshToken: string): Promise<TokenPair> {
    const secret = readSecret('refresh', refreshToken);
    const pair =
      secret &&
      (await this.entrance.bySecret(secret.tenantId, async () => {
        const session = await this.sessions.refresh(secret.hash);
        return session && (await this.grants.pairFor(session));
      }));
    if (!pair) throw invalidRefreshToken();
    return pair;
  }

  /**
   * Ends the session of the access token, that of the refresh token, or both. An invalid refresh token is not an error.
   * @throws UnauthenticatedError if there is neither.
   */
  async logout(actor: Actor | undefined, refreshToken: string | undefined): Promise<void> {
    const isUser = actor?.kind === 'user' && actor.sessionId !== undefined;
    if (!isUser && refreshToken === undefined) throw new UnauthenticatedError();
    if (isUser) await this.sessions.end(actor, actor.sessionId!);
    const secret = readSecret('refresh', refreshToken ?? '');
    if (secret) await this.entrance.bySecret(secret.tenantId, () => this.sessions.endByToken(secret.hash));
  }
}
