import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { HmacVerification, KnownSender, Verification } from './hook-config.js';

/** A delivery as it arrived. Header names are in lower case. */
export interface Delivery {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Allowed difference between the sender's clock and ours, and maximum age of a replayed delivery. */
const TOLERANCE_SECONDS = 300;

/** The signed content of a delivery, and the signatures it carries. */
interface Claim {
  algorithm: 'sha1' | 'sha256' | 'sha512';
  signatures: Buffer[];
  /** Parts of the signed content, in order. */
  signed: (string | Buffer)[];
  /** Seconds since 1970; absent if the sender does not sign a time. */
  timestamp?: string;
  key?: (secret: string) => Buffer | string;
}

const SENDERS: Record<KnownSender, (delivery: Delivery) => Claim | null> = {
  github: ({ headers, body }) => claimOf(body, { header: 'x-hub-signature-256', prefix: 'sha256=' }, headers),
  shopify: ({ headers, body }) => claimOf(body, { header: 'x-shopify-hmac-sha256', encoding: 'base64' }, headers),
  slack: ({ headers, body }) => {
    const timestamp = textOf(headers, 'x-slack-request-timestamp');
    const signature = textOf(headers, 'x-slack-signature');
    if (!timestamp || !signature?.startsWith('v0=')) return null;
    return {
      algorithm: 'sha256',
      signatures: [hex(signature.slice(3))],
      signed: ['v0:', timestamp, ':', body],
      timestamp,
    };
  },
  stripe: ({ headers, body }) => {
    const parts = (textOf(headers, 'stripe-signature') ?? '').split(',').map((part) => part.trim().split('='));
    const timestamp = parts.find(([name]) => name === 't')?.[1];
    const signatures = parts.filter(([name]) => name === 'v1').map(([, value = '']) => hex(value));
    return timestamp ? { algorithm: 'sha256', signatures, signed: [timestamp, '.', body], timestamp } : null;
  },
  'standard-webhooks': ({ headers, body }) => {
    const [id, timestamp] = [textOf(headers, 'webhook-id'), textOf(headers, 'webhook-timestamp')];
    if (!id || !timestamp) return null;
    const listed = (textOf(headers, 'webhook-signature') ?? '').split(' ').filter((item) => item.startsWith('v1,'));
    const signatures = listed.map((item) => Buffer.from(item.slice(3), 'base64'));
    const key = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return { algorithm: 'sha256', signatures, signed: [id, '.', timestamp, '.', body], timestamp, key };
  },
};

/** Maximum number of signatures in one delivery; some senders send several. */
const MAX_SIGNATURES = 20;

/**
 * Returns whether one of the secrets has signed the delivery, within five minutes of `nowMs` if the sender signs a
 * time. Takes constant time, whatever is wrong with a signature.
 * Sources: Standard Webhooks 1.0; the documentation of GitHub, Stripe (scheme v1), Slack (v0) and Shopify.
 */
export function isSigned(delivery: Delivery, verify: Verification, secrets: readonly string[], nowMs: number): boolean {
  const claim = verify.type === 'hmac' ? hmacClaim(delivery, verify) : SENDERS[verify.type](delivery);
  if (!claim || !isRecent(claim.timestamp, nowMs)) return false;
  const { algorithm, signatures, signed, key = (secret: string) => secret } = claim;
  const expected = secrets.map((secret) => {
    const hmac = createHmac(algorithm, key(secret));
    for (const part of signed) hmac.update(part);
    return hmac.digest();
  });
  const matches = signatures
    .slice(0, MAX_SIGNATURES)
    .flatMap((signature) => expected.map((mac) => signature.length === mac.length && timingSafeEqual(signature, mac)));
  return matches.includes(true);
}

function hmacClaim({ headers, body }: Delivery, verify: HmacVerification): Claim | null {
  const claim = claimOf(body, verify, headers);
  if (!claim || verify.timestampHeader === undefined) return claim;
  const timestamp = textOf(headers, verify.timestampHeader.toLowerCase());
  return timestamp ? { ...claim, timestamp, signed: [timestamp, '.', body] } : null;
}

function claimOf(body: Buffer, verify: Omit<HmacVerification, 'type'>, headers: IncomingHttpHeaders): Claim | null {
  const { algorithm = 'sha256', encoding = 'hex', prefix = '' } = verify;
  const text = textOf(headers, verify.header.toLowerCase());
  if (!text?.startsWith(prefix)) return null;
  const signature =
    encoding === 'hex' ? hex(text.slice(prefix.length)) : Buffer.from(text.slice(prefix.length), 'base64');
  return { algorithm, signatures: [signature], signed: [body] };
}

function isRecent(timestamp: string | undefined, nowMs: number): boolean {
  if (timestamp === undefined) return true;
  return /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS;
}

function textOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value.trim() : undefined;
}

function hex(text: string): Buffer {
  return Buffer.from(/^[0-9a-f]*$/i.test(text) ? text : '', 'hex');
}
