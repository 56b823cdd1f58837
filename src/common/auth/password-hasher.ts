import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { UnavailableError } from '../errors/app-error.js';
import { opaquePassword, passwordForms } from '../values/password-text.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';
import { FairQueue } from '../concurrency/fair-queue.js';

/** OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane. Kept in every hash, so it may change. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const unpadded = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

/** Looks like a hash and costs as much to verify; no password fits. */
export const DECOY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${unpadded(16)}$${unpadded(32)}`;

/** libuv has four threads, and files and name look-ups need one, too. */
const THREADS = Math.max(1, Math.min(availableParallelism(), 3));

/**
 * Passwords to argon2id hashes in PHC format, and back to yes or no.
 * Each takes some 50 ms of one core: bounded for the process, and per tenant, so that a storm of sign-ins in one
 * tenant neither stops the others nor takes all threads.
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

  /** Of the form that `opaquePassword` says. @throws UnavailableError when too many hashes are being computed already. */
  async hash(password: string): Promise<string> {
    return await this.inTurn(() => hash(opaquePassword(password), COST));
  }

  /**
   * Whether the password fits the hash. `null` (nobody there, or no password set) takes the same time and is false.
   * @throws UnavailableError when too many hashes are being computed already.
   */
  async verify(storedHash: string | null, password: string): Promise<boolean> {
    return (await this.match(storedHash, password)) !== 'none';
  }

  /**
   * As `verify`; `old` when the hash is one of a form in which passwords are not hashed any more, and should be made anew. Each form of
   * the password is tried in turn, of nobody's as of somebody's: most passwords have one, and none has more than three.
   * @throws UnavailableError when too many hashes are being computed already.
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
