import { Injectable } from '@nestjs/common';
import {
  attemptNetwork,
  type FailedAttempts,
  type Guess,
  SIGN_IN_POLICY,
  SignInLock,
} from '../../../common/auth/sign-in-lock.js';
import { UnauthenticatedError } from '../../../common/errors/app-error.js';
import { RequestContext } from '../../../common/http/request-context.js';
import { normalizeSignInName } from '../../../common/values/email-address.js';
import { PlatformAuthLog } from './platform-auth-log.js';
import { PlatformLoginAttemptsRepository } from './platform-login-attempts.repository.js';
import { PlatformSignInNetworksRepository } from './platform-sign-in-networks.repository.js';

/** @remedy Check the name and the password. */
const invalidCredentials = () =>
  new UnauthenticatedError('auth.invalid_credentials', 'The email address or the password is incorrect.');

/** Protects platform admins' passwords against guessing, by the rules for users. */
@Injectable()
export class PlatformSignInGuard {
  constructor(
    private readonly lock: SignInLock,
    private readonly attempts: PlatformLoginAttemptsRepository,
    private readonly networks: PlatformSignInNetworksRepository,
    private readonly request: RequestContext,
    private readonly log: PlatformAuthLog,
  ) {}

  /**
   * Returns the id of the admin that `attempt` authenticates.
   * @param meant returns the id of the admin with that address; called only after a failed attempt.
   * @throws UnauthenticatedError `auth.invalid_credentials`; RateLimitError `auth.locked`.
   */
  async signIn(email: string, attempt: () => Promise<string | null>, meant: () => string | undefined): Promise<string> {
    const network = attemptNetwork(this.request.ipAddress);
    const guess = { name: normalizeSignInName(email), network };
    const adminId = await this.lock.guard(this.#failures(guess, meant), guess, attempt, invalidCredentials);
    await this.networks.note(adminId, network);
    return adminId;
  }

  #failures({ name, network = '' }: Guess, meant: () => string | undefined): FailedAttempts {
    const { attempts, networks } = this;
    return {
      closedForMs: async (keys) => {
        const closed = await attempts.closedForMs(keys);
        const isExempt = closed.name > 0 && (await networks.isFamiliar(name, network));
        return isExempt ? { ...closed, name: 0 } : closed;
      },
      count: async (keys) => {
        const closed = await attempts.count(keys);
        const adminId = meant();
        if (adminId === undefined) return closed;
        this.log.note(adminId, 'platform_admin.sign_in_failed');
        for (const closure of closed) {
          const from = closure === 'name' ? 'everywhere' : network;
          this.log.note(adminId, 'platform_admin.locked_out', { from, forMs: SIGN_IN_POLICY.lockMs });
        }
        return closed;
      },
      forget: (own) => attempts.forget(own),
      forgetName: (hash) => attempts.forgetName(hash),
    };
  }
}
