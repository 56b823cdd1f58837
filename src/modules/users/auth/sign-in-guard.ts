import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import { SYSTEM_ACTOR } from '../../../common/identity/actor.js';
import {
  attemptNetwork,
  type Closure,
  type FailedAttempts,
  type Guess,
  SIGN_IN_POLICY,
  SignInLock,
} from '../../../common/auth/sign-in-lock.js';
import { RequestContext } from '../../../common/http/request-context.js';
import { normalizeSignInName } from '../../../common/values/email-address.js';
import { invalidCredentials, wrongPassword } from './auth.errors.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { SignInNetworksRepository } from './sign-in-networks.repository.js';

/** Protects users' passwords against guessing, and audits failed attempts for existing users. */
@Injectable()
export class SignInGuard {
  readonly #logger = new Logger(SignInGuard.name);

  constructor(
    private readonly lock: SignInLock,
    private readonly attempts: LoginAttemptsRepository,
    private readonly networks: SignInNetworksRepository,
    private readonly request: RequestContext,
    private readonly audit: AuditService,
  ) {}

  /**
   * Returns the id of the user that `attempt` authenticates.
   * @param meant returns the id of the user with that name; called only after a failed attempt. Undefined for an
   * unknown name: such attempts are not audited, since anybody could fill the log with them, and entries are never
   * deleted.
   * @throws UnauthenticatedError `auth.invalid_credentials`; RateLimitError `auth.locked`.
   */
  async signIn(
    identifier: string,
    attempt: () => Promise<string | null>,
    meant: () => string | undefined,
  ): Promise<string> {
    const network = attemptNetwork(this.request.ipAddress);
    // Normalized: otherwise each spelling would allow five more guesses.
    const guess = { name: normalizeSignInName(identifier), network };
    const userId = await this.lock.guard(this.#failures(guess, meant), guess, attempt, invalidCredentials);
    await this.networks.note(userId, network);
    return userId;
  }

  /**
   * Returns the result of `attempt` for a signed-in user who enters their password again.
   * @throws UnprocessableError `auth.wrong_password`; RateLimitError `auth.locked`.
   */
  passwordOf<T>(userId: string, attempt: () => Promise<T | null>): Promise<T> {
    // No sign-in name contains a NUL character, so nobody else can lock this counter.
    const guess = { name: `\0change:${userId}` };
    return this.lock.guard(
      this.#failures(guess, () => userId),
      guess,
      attempt,
      wrongPassword,
    );
  }

  /** Unlocks names whose owner was authenticated in another way. */
  async release(names: readonly string[]): Promise<void> {
    for (const name of names) await this.lock.release(this.attempts, normalizeSignInName(name));
  }

  #failures({ name, network }: Guess, meant: () => string | undefined): FailedAttempts {
    const { attempts, networks } = this;
    return {
      closedForMs: async (keys) => {
        const closed = await attempts.closedForMs(keys);
        const isExempt = closed.name > 0 && network !== undefined && (await networks.isFamiliar(name, network));
        return isExempt ? { ...closed, name: 0 } : closed;
      },
      count: async (keys) => {
        const closed = await attempts.count(keys);
        const userId = meant();
        if (userId !== undefined) this.#note(userId, closed, network);
        return closed;
      },
      forget: (own) => attempts.forget(own),
      forgetName: (hash) => attempts.forgetName(hash),
    };
  }

  /** Not awaited: the response time must not reveal whether the name exists. */
  #note(userId: string, closed: readonly Closure[], network = 'everywhere'): void {
    const target = { targetType: 'user', targetId: userId, outcome: 'denied' } as const;
    const lockOuts = closed.map((closure) => ({
      action: 'user.locked_out',
      ...target,
      details: { from: closure === 'name' ? 'everywhere' : network, forMs: SIGN_IN_POLICY.lockMs },
    }));
    const entries = [{ action: 'user.sign_in_failed', ...target }, ...lockOuts];
    Promise.all(entries.map((entry) => this.audit.record(SYSTEM_ACTOR, entry))).catch((error: unknown) =>
      this.#logger.error({ err: error }, 'Failed to audit a failed sign-in.'),
    );
  }
}
