import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimitError } from '../errors/app-error.js';
import { networkOf } from '../http/rate-limit/address-limiter.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';
import { FairQueue } from '../concurrency/fair-queue.js';

const MINUTE_MS = 60_000;

/**
 * Five failures within 15 minutes close a name to the network they came from for five minutes; then counting starts anew. Fifty close
 * the name as a whole, except to networks from which its account signed in within 30 days: strangers do not lock people out.
 */
export const SIGN_IN_POLICY = {
  maxFailures: 5,
  maxFailuresOfName: 50,
  windowMs: 15 * MINUTE_MS,
  lockMs: 5 * MINUTE_MS,
  familiarDays: 30,
} as const;

/** The counters of one attempt, by hashes. */
export interface AttemptKeys {
  /** The key of the name in its network, or of the name alone if networks are not distinguished. */
  readonly own: string;
  /** The key of the name in all networks; null if it is not counted separately. */
  readonly name: string | null;
}

/** Which counter is full. */
export type Closure = keyof AttemptKeys;

/** Counters of failures. By the database's clock, which all processes share. */
export interface FailedAttempts {
  /** For how many milliseconds each of them is still closed; 0 when it is not. */
  closedForMs(keys: AttemptKeys): Promise<Record<Closure, number>>;
  /** Counts one failure by `SIGN_IN_POLICY`, in a single statement. Returns the counters that it closed. */
  count(keys: AttemptKeys): Promise<Closure[]>;
  forget(own: string): Promise<void>;
  /** The counter of the name and those of all its networks. */
  forgetName(name: string): Promise<void>;
}

/** The name that is being guessed. */
export interface Guess {
  /** In its one spelling (`normalizeSignInName`). A person's e-mail address and username count apart, or a lock would tell whose they are. */
  readonly name: string;
  /** Where the guess comes from; absent where all networks count together. */
  readonly network?: string;
}

/**
 * Stops the guessing of passwords, name by name. A name is closed whether or not anybody has it, so that a lock tells nothing.
 * Attempts on a name from one network run one at a time: otherwise as many guesses as fit into one moment would all be free. That
 * holds per process; each further process allows one more guess at the most.
 */
@Injectable()
export class SignInLock {
  private readonly attempts = new FairQueue({ concurrencyPerLane: 1, maxWaitingPerLane: 50 });

  /**
   * What `attempt` finds. Null is a failure, and is thrown as `refusal`.
   * @throws RateLimitError `auth.locked`.
   */
  async guard<T>(
    failures: FailedAttempts,
    guess: Guess,
    attempt: () => Promise<T | null>,
    refusal: () => Error,
  ): Promise<T> {
    const keys = keysOf(guess);
    return this.attempts.run(`${currentTenantScope()?.tenantId ?? 'platform'}:${keys.own}`, async () => {
      const closed = await failures.closedForMs(keys);
      const closedForMs = Math.max(closed.own, closed.name);
      if (closedForMs > 0) {
        throw new RateLimitError('auth.locked', 'Too many failed attempts. Try again later.', closedForMs);
      }
      const found = await attempt();
      if (found === null) {
        await failures.count(keys);
        throw refusal();
      }
      await failures.forget(keys.own);
      return found;
    });
  }

  /** Opens a name everywhere whose owner has proved to be one in another way. */
  async release(failures: FailedAttempts, name: string): Promise<void> {
    await failures.forgetName(hashOf(name));
  }
}

/** From where an attempt comes, as far as counting goes. */
export function attemptNetwork(ipAddress: string | undefined): string {
  return ipAddress === undefined ? 'unknown' : networkOf(ipAddress);
}

/** The counter of something else than sign-ins: nothing that is typed as a name counts there. */
export function counterOf(purpose: string): AttemptKeys {
  return keysOf({ name: `\0${purpose}` });
}

function keysOf({ name, network }: Guess): AttemptKeys {
  if (network === undefined) return { own: hashOf(name), name: null };
  // No text of a request holds a NUL character: whatever is typed as a name, it is never the counter of another one in a network.
  return { own: hashOf(`${name}\0${network}`), name: hashOf(name) };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
