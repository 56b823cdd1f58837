import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { HookConfig } from './hook-config.js';
import type { Delivery } from './hook-signature.js';

/** Headers by which senders tell deliveries apart: a repetition has the same value. */
const DELIVERY_HEADERS = ['idempotency-key', 'webhook-id', 'x-github-delivery'];

/** Of the connection, or of how the body came: nothing that the sender says. */
const CONNECTION_HEADERS = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['accept-encoding', 'content-encoding'],
]);
/** Credentials and signatures: a run's log, and whoever reads it, has no use for them. */
const SECRET_HEADER = /authorization|cookie|signature|secret|token|password|credential|hmac|api-?key|auth-key|x-tenant/;

/** The data of a delivery other than its body that a run sees as `run.request`. */
export function requestOf({ headers, body }: Delivery, config: HookConfig): JsonObject {
  const hidden = config.verify?.type === 'hmac' ? config.verify.header.toLowerCase() : undefined;
  const shown = Object.entries(headers).filter(
    ([name]) => !CONNECTION_HEADERS.has(name) && !SECRET_HEADER.test(name) && name !== hidden,
  );
  return {
    headers: Object.fromEntries(shown.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value!])),
    ...(config.rawBody && rawBodyOf(body)),
  };
}

/** Text as it came; bytes that are none, or that the database cannot keep, as base64. */
function rawBodyOf(body: Buffer): JsonObject {
  const text = body.toString('utf8');
  const isText = !text.includes('\0') && Buffer.from(text, 'utf8').equals(body);
  return isText ? { rawBody: text } : { rawBodyBase64: body.toString('base64') };
}

/** Equal for repetitions of a delivery, as its sender tells them; undefined where it does not. */
export function deliveryKeyOf(headers: IncomingHttpHeaders, { deliveryHeader }: HookConfig): string | undefined {
  const names = deliveryHeader === undefined ? DELIVERY_HEADERS : [deliveryHeader.toLowerCase(), ...DELIVERY_HEADERS];
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (typeof value === 'string' && value !== '') return createHash('sha256').update(`${name}:${value}`).digest('hex');
  }
  return undefined;
}
