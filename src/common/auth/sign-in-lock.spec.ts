import { RateLimitError, UnauthenticatedError } from '../errors/app-error.js';
import {
  attemptNetwork,
  type AttemptKeys,
  type Closure,
  type FailedAttempts,
  SIGN_IN_POLICY,
  SignInLock,
} from './sign-in-lock.js';

class FailuresInMemory implements FailedAttempts {
  readonly failures = new Map<string, number>();

  async closedForMs({ own, name }: AttemptKeys): Promise<{ own: number; name: number }> {
    const { maxFailures, maxFailuresOfName, lockMs } = SIGN_IN_POLICY;
    const isFull = (key: string | null, max: number) => (this.failures.get(key ?? '') ?? 0) >= max;
    return { own: isFull(own, maxFailures) ? lockMs : 0, name: isFull(name, maxFailuresOfName) ? lockMs : 0 };
  }

  async count({ own, name }: AttemptKeys): Promise<Closure[]> {
    for (const key of name === null ? [own] : [own, name]) this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
    return [];
  }

  async forget(own: string): Promise<void> {
    this.failures.delete(own);
  }

  async forgetName(name: string): Promise<void> {
    this.failures.delete(name);
  }
}

const ada = { name: 'ada', network: '192.0.2.1' };
const bob = { name: 'bob', network: '192.0.2.1' };
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
      Array.from({ length: 20 }, () => lock.guard(failures, ada, guess, refusal)),
    );

    expect(guesses).toBe(5);
    const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as Error);
    expect(reasons.filter((reason) => reason instanceof UnauthenticatedError)).toHaveLength(5);
    expect(reasons.filter((reason) => reason instanceof RateLimitError)).toHaveLength(15);
  });

  it('lets all simultaneous attempts with the right password through', async () => {
    const failures = new FailuresInMemory();
    const lock = new SignInLock();
    const attempts = Array.from({ length: 20 }, () => lock.guard(failures, ada, async () => 'in', refusal));

    await expect(Promise.all(attempts)).resolves.toEqual(Array(20).fill('in'));
  });

  it('forgets failures after a success, and counts names apart', async () => {
    const failures = new FailuresInMemory();
    const lock = new SignInLock();
    for (let n = 0; n < 4; n++) {
      await expect(lock.guard(failures, ada, async () => null, refusal)).rejects.toThrow(UnauthenticatedError);
    }
    await lock.guard(failures, bob, async () => 'in', refusal);
    // The counter of the network and that of the name.
    expect([...failures.failures.values()]).toEqual([4, 4]);
    await lock.guard(failures, ada, async () => 'in', refusal);
    // A successful sign-in must not reset the failures of other networks.
    expect([...failures.failures.values()]).toEqual([4]);
  });

  it('does not count an attempt that broke off', async () => {
    const failures = new FailuresInMemory();
    const broken = new SignInLock().guard(failures, ada, () => Promise.reject(new Error('away')), refusal);
    await expect(broken).rejects.toThrow('away');
    expect(failures.failures.size).toBe(0);
  });

  it('closes a name to one network after five failures, and to all after fifty', async () => {
    const failures = new FailuresInMemory();
    const lock = new SignInLock();
    const guess = (network: string) =>
      lock.guard(failures, { name: 'ada', network }, async () => null, refusal).catch((error: Error) => error.name);
    for (let n = 0; n < 5; n++) expect(await guess('192.0.2.1')).toBe(new UnauthenticatedError().name);
    expect(await guess('192.0.2.1')).toBe(new RateLimitError('x', 'x', 1).name);
    for (let n = 5; n < 50; n++) expect(await guess(`192.0.2.${n}`)).toBe(new UnauthenticatedError().name);
    expect(await guess('192.0.2.99')).toBe(new RateLimitError('x', 'x', 1).name);
  });

  it('does not let attempts from one network wait for those from another', async () => {
    const lock = new SignInLock();
    let finish = (_: null): void => undefined;
    const slow = lock.guard(new FailuresInMemory(), ada, () => new Promise<null>((done) => (finish = done)), refusal);
    const elsewhere = { ...ada, network: '192.0.2.2' };
    await expect(lock.guard(new FailuresInMemory(), elsewhere, async () => 'in', refusal)).resolves.toBe('in');
    finish(null);
    await expect(slow).rejects.toThrow(UnauthenticatedError);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, 'unknown'],
  ])('counts %s as %s', (address, network) => {
    expect(attemptNetwork(address)).toBe(network);
  });
});
