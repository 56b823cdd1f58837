import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { RateLimitError } from '../../errors/app-error.js';
import { RateLimitSync } from './rate-limit-sync.js';
import { WindowClock } from './window-clock.js';
import { WindowCounters } from './window-counters.js';

const MAX_KEYS = 20_000;
/** Sessions are refreshed often, and most refreshes use valid secrets, so they get a higher limit. */
const SESSIONS_PER_SIGN_IN = 10;
const IPV4_IN_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Groups IPv6 addresses by /64, since one customer usually has a whole one; IPv4 counts per address. */
export function networkOf(ipAddress: string): string {
  const embedded = IPV4_IN_IPV6.exec(ipAddress)?.[1];
  if (embedded) return embedded;
  if (!isIPv6(ipAddress)) return ipAddress;
  const [head = '', tail] = ipAddress.toLowerCase().split('%')[0]!.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right].map((group) => parseInt(group, 16));
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/**
 * Limits sign-ins, refreshes and sign-outs from one address, across all tenants. Disabled by
 * RATE_LIMIT_USER_PER_MINUTE=0.
 */
@Injectable()
export class AddressLimiter {
  private readonly counters: WindowCounters;

  constructor(
    private readonly config: Config,
    sync: RateLimitSync,
    clock: WindowClock,
  ) {
    // Separate counters, so that a flood of addresses cannot evict those of users and tenants.
    this.counters = new WindowCounters(MAX_KEYS, () => clock.now());
    sync.add(this.counters);
  }

  /**
   * Counts one attempt.
   * @throws RateLimitError when the address has exceeded its limit for this minute.
   */
  check(ipAddress: string | undefined): void {
    this.#take('address', ipAddress, 1);
  }

  /**
   * Counts one refresh or sign-out, separately from sign-ins and with ten times their limit.
   * @throws RateLimitError when the address has exceeded its limit for this minute.
   */
  checkSession(ipAddress: string | undefined): void {
    this.#take('session address', ipAddress, SESSIONS_PER_SIGN_IN);
  }

  #take(kind: string, ipAddress: string | undefined, factor: number): void {
    if (this.config.RATE_LIMIT_USER_PER_MINUTE === 0 || !ipAddress) return;
    const limit = this.config.RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE * factor;
    const verdict = this.counters.take(`${kind}:${networkOf(ipAddress)}`, limit);
    if (!verdict.allowed) {
      throw new RateLimitError('rate_limit.exceeded', 'Too many attempts from this address.', verdict.resetMs);
    }
  }
}
