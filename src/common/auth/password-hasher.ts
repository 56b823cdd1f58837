import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { UnavailableError } from '../errors/app-error.js';
import { opaquePassword, passwordForms } from '../values/password-text.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';
import { FairQueue } from '../concurrency/fair-queue.js';

/**
 * OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane. Each hash stores its own parameters, so
 * these may change.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const unpadded = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

/** Looks like a real hash and takes as long to verify, but no password matches it. */
export const DECOY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${unpadded(16)}$${unpadded(32)}`;

/** libuv has four threads by default; file access and DNS lookups need one of them. */
const THREADS = Math.max(1, Math.min(availableParallelism(), 3));

/**
 * Hashes passwords with argon2id in PHC format, and verifies them. A hash takes about 50 ms of one core, so concurrency
 * is limited for the process and per tenant: many sign-ins in one tenant neither block the others nor use all threads.
 */
@Injectable()
export class PasswordHasher {
  private readonly queue = new FairQueue(
    {
      concurrency: THREADS,
      concurrencyPerLane: Math.max(1, THREADS - 1),
      maxWaiting: 128,
      maxWaitingPerLane: 32,
    },
    () => new UnavailableError('auth.busy', 'Too many people are signing in right now. Try again in a moment.'),
  );

  /**
   * Hashes the password in the form defined by `opaquePassword`. @throws UnavailableError when too many hashes are
   * already queued.
   */
  async hash(password: string): Promise<string> {
    return await this.inTurn(() => hash(opaquePassword(password), COST));
  }

  /**
   * Returns whether the password matches the hash. With `null` (no such user, or no password set) it returns false
   * after the same time.
   * @throws UnavailableError when too many hashes are already queued.
   */
  async verify(storedHash: string | null, password: string): Promise<boolean> {
    return (await this.match(storedHash, password)) !== 'none';
  }

  /**
   * Like `verify`, but `old` if the hash was made from a form of the password that is no longer used, and should be
   * replaced. Tries each form in turn, also for unknown users: most passwords have one form, and none has more than
   * three.
   * @throws UnavailableError when too many hashes are already queued.
   */
  async match(storedHash: string | null, password: string): Promise<'today' | 'old' | 'none'> {
    for (const [index, form] of passwordForms(password).entries()) {
      const fits = await this.inTurn(() => verify(storedHash ?? DECOY, form));
      if (fits && storedHash !== null) return index === 0 ? 'today' : 'old';
    }
    return 'none';
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.queue.run(currentTenantScope()?.tenantId ?? 'platform', task);
  }
}
