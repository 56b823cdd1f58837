import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../../../common/auth/access-tokens.js';
import type { Actor } from '../../../common/identity/actor.js';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { readPlatformSecret } from '../../../common/auth/secret-token.js';
import { UnauthenticatedError, UnavailableError } from '../../../common/errors/app-error.js';
import { PlatformAdminsRepository } from './platform-admins.repository.js';
import type { PlatformSessionGrant, PlatformTokenPair } from './platform-admins.types.js';
import { PlatformSessionsService } from './platform-sessions.service.js';
import { PlatformSignInGuard } from './platform-sign-in-guard.js';

/** @remedy Sign in again. */
const invalidRefreshToken = () =>
  new UnauthenticatedError('auth.invalid_refresh_token', 'The session has ended. Sign in again.');

/** Signs platform admins in and out, outside any tenant. */
@Injectable()
export class PlatformAuthService {
  constructor(
    private readonly admins: PlatformAdminsRepository,
    private readonly guard: PlatformSignInGuard,
    private readonly sessions: PlatformSessionsService,
    private readonly passwords: PasswordHasher,
    private readonly tokens: AccessTokens,
  ) {}

  /**
   * Responds in the same way and after the same time for an unknown address.
   * @param email in lower case.
   * @throws UnauthenticatedError `auth.invalid_credentials`; RateLimitError `auth.locked`; UnavailableError
   * `auth.busy`.
   */
  async login(email: string, password: string): Promise<PlatformTokenPair> {
    let known: string | undefined;
    let rehash: (() => Promise<void>) | undefined;
    const adminId = await this.guard.signIn(
      email,
      async () => {
        const admin = await this.admins.findWithPassword(email);
        known = admin?.id;
        const match = await this.passwords.match(admin?.passwordHash ?? null, password);
        if (match === 'none' || !admin) return null;
        if (match === 'old') rehash = () => this.storeAnew(admin.id, admin.passwordHash, password);
        return admin.id;
      },
      () => known,
    );
    await rehash?.();
    return this.pairFor(await this.sessions.start(adminId));
  }

  /** @throws UnauthenticatedError `auth.invalid_refresh_token`. */
  async refresh(refreshToken: string): Promise<PlatformTokenPair> {
    const secret = readPlatformSecret(refreshToken);
    const session = secret && (await this.sessions.refresh(secret.hash));
    if (!session) throw invalidRefreshToken();
    return this.pairFor(session);
  }

  /** Follows the rules for users. @throws UnauthenticatedError if there is neither an access nor a refresh token. */
  async logout(actor: Actor | undefined, refreshToken: string | undefined): Promise<void> {
    const sessionId = actor?.kind === 'platform' ? actor.sessionId : undefined;
    if (sessionId === undefined && refreshToken === undefined) throw new UnauthenticatedError();
    if (actor && sessionId !== undefined) await this.sessions.end(actor.id, sessionId);
    const secret = readPlatformSecret(refreshToken ?? '');
    if (secret) await this.sessions.endByToken(secret.hash);
  }

  /** Replaces an outdated hash with one in the current format. If hashing is overloaded, the next sign-in does it. */
  private async storeAnew(adminId: string, oldHash: string, password: string): Promise<void> {
    try {
      await this.admins.exchangeHash(adminId, oldHash, await this.passwords.hash(password));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }

  private async pairFor({ sessionId, adminId, refreshToken }: PlatformSessionGrant): Promise<PlatformTokenPair> {
    const { token, expiresIn } = await this.tokens.sign({ subject: adminId, sessionId });
    return { accessToken: token, refreshToken, expiresIn };
  }
}
