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

/** Stops the guessing of users' passwords, and writes failures into the audit log where they were somebody's. */
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
   * The id of the user that `attempt` lets in.
   * @param meant the id of the user whose name it is, asked once the attempt has failed; undefined for an unknown name. Of
   * those nothing is written down: anybody could fill the log with them, and nothing ever leaves it.
   * @throws UnauthenticatedError `auth.invalid_credentials`; RateLimitError `auth.locked`.
   */
  async signIn(
    identifier: string,
    attempt: () => Promise<string | null>,
    meant: () => string | undefined,
  ): Promise<string> {
    const network = attemptNetwork(this.request.ipAddress);
    // In its one spelling: each other one would give five guesses more.
    const guess = { name: normalizeSignInName(identifier), network };
    const userId = await this.lock.guard(this.#failures(guess, meant), guess, attempt, invalidCredentials);
    await this.networks.note(userId, network);
    return userId;
  }

  /**
   * What `attempt` finds, of somebody who has signed in and gives their password again.
   * @throws UnprocessableError `auth.wrong_password`; RateLimitError `auth.locked`.
   */
  passwordOf<T>(userId: string, attempt: () => Promise<T | null>): Promise<T> {
    // Nobody signs in under a name with a NUL character, so nobody else can lock this one.
    const guess = { name: `\0change:${userId}` };
    return this.lock.guard(
      this.#failures(guess, () => userId),
      guess,
      attempt,
      wrongPassword,
    );
  }

  /** Opens names whose owner has proved to be one in another way. */
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

  /** Not awaited: how long the answer takes must not tell whether somebody has the name. */
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
