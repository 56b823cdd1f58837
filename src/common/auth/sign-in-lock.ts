import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimitError } from '../errors/app-error.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';
import { OneAtATime } from './one-at-a-time.js';

/** Five failures within 15 minutes lock a name for five minutes; then counting starts anew. */
export const SIGN_IN_POLICY = { maxFailures: 5, windowMs: 15 * 60_000, lockMs: 5 * 60_000 } as const;

/** Failures by the hash of a name. By the database's clock, which all processes share. */
export interface FailedAttempts {
  /** For how many milliseconds the name is still locked; 0 when it is not. */
  lockedForMs(nameHash: string): Promise<number>;
  /** Counts one failure by `SIGN_IN_POLICY`, in a single statement. */
  count(nameHash: string): Promise<void>;
  forget(nameHash: string): Promise<void>;
}

/**
 * Stops the guessing of passwords, name by name. A name is locked whether or not anybody has it, so that a lock tells nothing.
 * Attempts on a name run one at a time: otherwise as many guesses as fit into one moment would all be free. That holds per
 * process; each further process allows one more guess at the most.
 */
@Injectable()
export class SignInLock {
  private readonly attempts = new OneAtATime();

  /**
   * What `attempt` finds. Null is a failure, and is thrown as `refusal`.
   * @param name what was guessed at, as typed; other spellings count apart, or a lock would tell that they are the same person.
   * @throws RateLimitError `auth.locked`.
   */
  async guard<T>(
    failures: FailedAttempts,
    name: string,
    attempt: () => Promise<T | null>,
    refusal: () => Error,
  ): Promise<T> {
    const nameHash = hashOf(name);
    return this.attempts.run(`${currentTenantScope()?.tenantId ?? 'platform'}:${nameHash}`, async () => {
      const lockedForMs = await failures.lockedForMs(nameHash);
      if (lockedForMs > 0) {
        throw new RateLimitError('auth.locked', 'Too many failed attempts. Try again later.', lockedForMs);
      }
      const found = await attempt();
      if (found === null) {
        await failures.count(nameHash);
        throw refusal();
      }
      await failures.forget(nameHash);
      return found;
    });
  }

  /** Unlocks a name whose owner has proved to be one in another way. */
  async release(failures: FailedAttempts, name: string): Promise<void> {
    await failures.forget(hashOf(name));
  }
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
