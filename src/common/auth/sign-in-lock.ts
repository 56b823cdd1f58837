import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimitError } from '../errors/app-error.js';
import { networkOf } from '../http/rate-limit/address-limiter.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';
import { FairQueue } from '../concurrency/fair-queue.js';

const MINUTE_MS = 60_000;

/**
 * Five failures within 15 minutes lock a name for the network they came from for five minutes; then counting starts
 * again. Fifty failures lock the name everywhere, except for networks from which the account signed in within the last
 * 30 days: strangers must not be able to lock users out.
 */
export const SIGN_IN_POLICY = {
  maxFailures: 5,
  maxFailuresOfName: 50,
  windowMs: 15 * MINUTE_MS,
  lockMs: 5 * MINUTE_MS,
  familiarDays: 30,
} as const;

/** The counters of one attempt, identified by hashes. */
export interface AttemptKeys {
  /** Counter of the name in its network, or of the name alone if networks are not distinguished. */
  readonly own: string;
  /** Counter of the name across all networks; null if it is not counted separately. */
  readonly name: string | null;
}

/** The counter that reached its limit. */
export type Closure = keyof AttemptKeys;

/** Stores the failure counters. Uses the database's clock, which all processes share. */
export interface FailedAttempts {
  /** Returns for how many milliseconds each counter is still locked; 0 if it is not. */
  closedForMs(keys: AttemptKeys): Promise<Record<Closure, number>>;
  /** Counts one failure by `SIGN_IN_POLICY`, in a single statement. Returns the counters that it locked. */
  count(keys: AttemptKeys): Promise<Closure[]>;
  forget(own: string): Promise<void>;
  /** Deletes the counter of the name and those of all its networks. */
  forgetName(name: string): Promise<void>;
}

export interface Guess {
  /**
   * Normalized (`normalizeSignInName`). A person's email address and username are counted separately: a shared lock
   * would reveal that they belong together.
   */
  readonly name: string;
  /** Network of the caller; absent where all networks are counted together. */
  readonly network?: string;
}

/**
 * Prevents guessing of passwords by locking names. A name is locked whether or not it exists, so a lock reveals
 * nothing. Attempts on a name from one network run one at a time; otherwise concurrent guesses would all pass before
 * the first failure is counted. This holds per process: each further process allows at most one more guess.
 */
@Injectable()
export class SignInLock {
  private readonly attempts = new FairQueue({ concurrencyPerLane: 1, maxWaitingPerLane: 50 });

  /**
   * Returns the result of `attempt`. Null counts as a failure, and `refusal` is thrown.
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

  /** Unlocks a name everywhere, after its owner proved their identity in another way. */
  async release(failures: FailedAttempts, name: string): Promise<void> {
    await failures.forgetName(hashOf(name));
  }
}

/** Returns the network that an attempt is counted for. */
export function attemptNetwork(ipAddress: string | undefined): string {
  return ipAddress === undefined ? 'unknown' : networkOf(ipAddress);
}

/** Returns the counter for something other than sign-ins; no name that a user can type shares it. */
export function counterOf(purpose: string): AttemptKeys {
  return keysOf({ name: `\0${purpose}` });
}

function keysOf({ name, network }: Guess): AttemptKeys {
  if (network === undefined) return { own: hashOf(name), name: null };
  // No text of a request contains a NUL character, so a typed name can never collide with the counter of another name
  // in a network.
  return { own: hashOf(`${name}\0${network}`), name: hashOf(name) };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
