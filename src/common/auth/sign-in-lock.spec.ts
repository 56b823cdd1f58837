import { RateLimitError, UnauthenticatedError } from '../errors/app-error.js';
import { type FailedAttempts, SIGN_IN_POLICY, SignInLock } from './sign-in-lock.js';

class FailuresInMemory implements FailedAttempts {
  readonly failures = new Map<string, number>();

  async lockedForMs(nameHash: string): Promise<number> {
    return (this.failures.get(nameHash) ?? 0) >= SIGN_IN_POLICY.maxFailures ? SIGN_IN_POLICY.lockMs : 0;
  }

  async count(nameHash: string): Promise<void> {
    this.failures.set(nameHash, (this.failures.get(nameHash) ?? 0) + 1);
  }

  async forget(nameHash: string): Promise<void> {
    this.failures.delete(nameHash);
  }
}

const refusal = () => new UnauthenticatedError();

describe('SignInLock', () => {
  it('lets five of twenty simultaneous guesses through, and locks', async () => {
    const failures = new FailuresInMemory();
    const lock = new SignInLock();
    let guesses = 0;
    const guess = async (): Promise<null> => {
      guesses += 1;
      await Promise.resolve();
      return null;
    };

    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => lock.guard(failures, 'ada', guess, refusal)),
    );

    expect(guesses).toBe(5);
    const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as Error);
    expect(reasons.filter((reason) => reason instanceof UnauthenticatedError)).toHaveLength(5);
    expect(reasons.filter((reason) => reason instanceof RateLimitError)).toHaveLength(15);
  });

  it('lets all simultaneous attempts with the right password through', async () => {
    const failures = new FailuresInMemory();
    const lock = new SignInLock();
    const attempts = Array.from({ length: 20 }, () => lock.guard(failures, 'ada', async () => 'in', refusal));

    await expect(Promise.all(attempts)).resolves.toEqual(Array(20).fill('in'));
  });

  it('forgets failures after a success, and counts names apart', async () => {
    const failures = new FailuresInMemory();
    const lock = new SignInLock();
    for (let n = 0; n < 4; n++) {
      await expect(lock.guard(failures, 'ada', async () => null, refusal)).rejects.toThrow(UnauthenticatedError);
    }
    await lock.guard(failures, 'bob', async () => 'in', refusal);
    expect(failures.failures.size).toBe(1);
    await lock.guard(failures, 'ada', async () => 'in', refusal);
    expect(failures.failures.size).toBe(0);
  });

  it('does not count an attempt that broke off', async () => {
    const failures = new FailuresInMemory();
    const broken = new SignInLock().guard(failures, 'ada', () => Promise.reject(new Error('away')), refusal);
    await expect(broken).rejects.toThrow('away');
    expect(failures.failures.size).toBe(0);
  });
});
