import { Config } from '../../config/config.js';
import { RateLimitError } from '../../errors/app-error.js';
import { AddressLimiter, networkOf } from './address-limiter.js';
import type { RateLimitSync } from './rate-limit-sync.js';

const limiterWith = (settings: Partial<Config>): AddressLimiter =>
  new AddressLimiter(Object.assign(new Config(), settings), { add: () => {} } as unknown as RateLimitSync, {
    now: () => 0,
  });

describe('AddressLimiter', () => {
  it('refuses the attempt after the last allowed one, and only from that address', () => {
    const limiter = limiterWith({ RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE: 2 });
    limiter.check('203.0.113.7');
    limiter.check('203.0.113.7');
    expect(() => limiter.check('203.0.113.7')).toThrow(RateLimitError);
    expect(() => limiter.check('203.0.113.8')).not.toThrow();
  });

  it('is off when requests of users are not limited', () => {
    const limiter = limiterWith({ RATE_LIMIT_SIGN_IN_PER_ADDRESS_PER_MINUTE: 1, RATE_LIMIT_USER_PER_MINUTE: 0 });
    for (let i = 0; i < 3; i++) limiter.check('203.0.113.7');
  });
});

describe('networkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
