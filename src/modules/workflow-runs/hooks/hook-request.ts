import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../../common/json/json-object.js';
import type { HookConfig } from './hook-config.js';
import type { Delivery } from './hook-signature.js';

/** Headers that identify a delivery: a repetition has the same value. */
const DELIVERY_HEADERS = ['idempotency-key', 'webhook-id', 'x-github-delivery'];

/** Headers that concern the connection or the encoding of the body, and carry no information from the sender. */
const CONNECTION_HEADERS = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['accept-encoding', 'content-encoding'],
]);
/** Credentials and signatures, which runs and the people who read their logs must not see. */
const SECRET_HEADER = /authorization|cookie|signature|secret|token|password|credential|hmac|api-?key|auth-key|x-tenant/;

/** Returns the data of a delivery, other than its body, that a run receives as `run.request`. */
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

/** Returns text unchanged; bytes that are not text, or that the database cannot store, as base64. */
function rawBodyOf(body: Buffer): JsonObject {
  const text = body.toString('utf8');
  const isText = !text.includes('\0') && Buffer.from(text, 'utf8').equals(body);
  return isText ? { rawBody: text } : { rawBodyBase64: body.toString('base64') };
}

/** Returns a key that is equal for repetitions of a delivery; undefined if the sender does not identify them. */
export function deliveryKeyOf(headers: IncomingHttpHeaders, { deliveryHeader }: HookConfig): string | undefined {
  const names = deliveryHeader === undefined ? DELIVERY_HEADERS : [deliveryHeader.toLowerCase(), ...DELIVERY_HEADERS];
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (typeof value === 'string' && value !== '') return createHash('sha256').update(`${name}:${value}`).digest('hex');
  }
  return undefined;
}
