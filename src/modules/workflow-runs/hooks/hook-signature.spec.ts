import { createHmac } from 'node:crypto';
import { isSigned } from './hook-signature.js';
import type { Verification } from './hook-config.js';

const NOW = Date.UTC(2030, 0, 1);
const SECONDS = String(NOW / 1000);
const BODY = Buffer.from('{"amount": 12.50, "name": "Größe"}');
const KEY = Buffer.from('a secret of twenty-four.');

const mac = (
  algorithm: string,
  key: Buffer | string,
  encoding: 'hex' | 'base64',
  ...parts: (string | Buffer)[]
): string => {
  const hmac = createHmac(algorithm, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest(encoding);
};

type Headers = Record<string, string>;
interface Sender {
  verify: Verification;
  secret: string;
  /** Returns the headers that this sender adds to a body sent at that time. */
  sign: (secret: string, body: Buffer, seconds: string) => Headers;
  isTimed: boolean;
}

const raw = (secret: string): Buffer => Buffer.from(secret.slice('whsec_'.length), 'base64');
const SENDERS: Record<string, Sender> = {
  github: {
    verify: { type: 'github' },
    secret: 'octo',
    sign: (secret, body) => ({ 'x-hub-signature-256': `sha256=${mac('sha256', secret, 'hex', body)}` }),
    isTimed: false,
  },
  shopify: {
    verify: { type: 'shopify' },
    secret: 'shop',
    sign: (secret, body) => ({ 'x-shopify-hmac-sha256': mac('sha256', secret, 'base64', body) }),
    isTimed: false,
  },
  slack: {
    verify: { type: 'slack' },
    secret: 'slack',
    sign: (secret, body, seconds) => ({
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${mac('sha256', secret, 'hex', `v0:${seconds}:`, body)}`,
    }),
    isTimed: true,
  },
  stripe: {
    verify: { type: 'stripe' },
    secret: 'whsec_stripe',
    sign: (secret, body, seconds) => ({
      'stripe-signature': `t=${seconds},v1=${'0'.repeat(64)},v1=${mac('sha256', secret, 'hex', seconds, '.', body)},v0=00`,
    }),
    isTimed: true,
  },
  'standard-webhooks': {
    verify: { type: 'standard-webhooks' },
    secret: `whsec_${KEY.toString('base64')}`,
    sign: (secret, body, seconds) => ({
      'webhook-id': 'msg_1',
      'webhook-timestamp': seconds,
      'webhook-signature': `v1a,xx v1,${mac('sha256', raw(secret), 'base64', 'msg_1.', seconds, '.', body)}`,
    }),
    isTimed: true,
  },
  'hmac over the body': {
    verify: { type: 'hmac', header: 'X-Signature', algorithm: 'sha512', encoding: 'base64', prefix: 'mac ' },
    secret: 'plain',
    sign: (secret, body) => ({ 'x-signature': `mac ${mac('sha512', secret, 'base64', body)}` }),
    isTimed: false,
  },
  'hmac with a time': {
    verify: { type: 'hmac', header: 'X-Signature', timestampHeader: 'X-Time' },
    secret: 'timed',
    sign: (secret, body, seconds) => ({
      'x-time': seconds,
      'x-signature': mac('sha256', secret, 'hex', seconds, '.', body),
    }),
    isTimed: true,
  },
};

describe.each(Object.entries(SENDERS))('A delivery signed as by %s', (_name, { verify, secret, sign, isTimed }) => {
  const judge = (headers: Headers, body = BODY, secrets = [secret], now = NOW): boolean =>
    isSigned({ headers, body }, verify, secrets, now);

  it('is taken with the secret, or the one before it', () => {
    const headers = sign(secret, BODY, SECONDS);
    expect(judge(headers)).toBe(true);
    expect(judge(headers, BODY, ['another', secret])).toBe(true);
  });

  it('is refused with another secret, without any, with other bytes, and without a signature', () => {
    const headers = sign(secret, BODY, SECONDS);
    expect(judge(headers, BODY, ['another'])).toBe(false);
    expect(judge(headers, BODY, [])).toBe(false);
    expect(judge(headers, Buffer.concat([BODY, Buffer.from(' ')]))).toBe(false);
    expect(judge({})).toBe(false);
    for (const name of Object.keys(headers)) expect(judge({ ...headers, [name]: '' })).toBe(false);
  });

  it(`${isTimed ? 'is refused' : 'is taken'} when it is old`, () => {
    const headers = sign(secret, BODY, SECONDS);
    expect(judge(headers, BODY, [secret], NOW + 299_000)).toBe(true);
    expect(judge(headers, BODY, [secret], NOW + 301_000)).toBe(!isTimed);
    expect(judge(headers, BODY, [secret], NOW - 301_000)).toBe(!isTimed);
  });
});
