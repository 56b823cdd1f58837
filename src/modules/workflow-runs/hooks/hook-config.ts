import type { InputProblem } from '../../../common/errors/app-error.js';
import type { JsonObject } from '../../../common/json/json-object.js';
import { unknownKeys } from '../../../common/json/unknown-keys.js';

/** Senders whose signature scheme is built in. */
export const KNOWN_SENDERS = ['standard-webhooks', 'github', 'stripe', 'slack', 'shopify'] as const;
export type KnownSender = (typeof KNOWN_SENDERS)[number];

const ALGORITHMS = ['sha1', 'sha256', 'sha512'] as const;
const ENCODINGS = ['hex', 'base64'] as const;

/**
 * The signature scheme of any other sender: HMAC over the body, or over `<timestamp>.<body>` if a header contains a
 * timestamp.
 */
export interface HmacVerification {
  type: 'hmac';
  header: string;
  algorithm?: (typeof ALGORITHMS)[number];
  encoding?: (typeof ENCODINGS)[number];
  /** Text before the signature, for example `sha256=`. */
  prefix?: string;
  /** Name of a header with seconds since 1970. */
  timestampHeader?: string;
}

export type Verification = { type: KnownSender } | HmacVerification;

/** The `triggerConfig` of a webhook. */
export interface HookConfig {
  verify?: Verification;
  /** The header that identifies a delivery, if it is not a common one. */
  deliveryHeader?: string;
  /** Whether runs receive the bytes of the body, as `run.request.rawBody`. */
  rawBody?: boolean;
}

export const HOOK_CONFIG_KEYS = ['verify', 'deliveryHeader', 'rawBody'];

const HMAC_KEYS = ['type', 'header', 'algorithm', 'encoding', 'prefix', 'timestampHeader'];
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const MAX_PREFIX_LENGTH = 50;

/** Returns the problems of a webhook's `triggerConfig`; unknown keys are checked elsewhere. */
export function hookConfigProblems(config: JsonObject, pointer: string): InputProblem[] {
  const { verify, deliveryHeader, rawBody } = config;
  const problems: InputProblem[] = [];
  if (deliveryHeader !== undefined && !isHeader(deliveryHeader)) problems.push(notAHeader(`${pointer}/deliveryHeader`));
  if (rawBody !== undefined && typeof rawBody !== 'boolean') {
    problems.push({ pointer: `${pointer}/rawBody`, code: 'boolean', detail: 'Must be true or false.' });
  }
  return verify === undefined ? problems : [...problems, ...verificationProblems(verify, `${pointer}/verify`)];
}

function verificationProblems(verify: unknown, pointer: string): InputProblem[] {
  const config = typeof verify === 'object' && verify !== null && !Array.isArray(verify) ? (verify as JsonObject) : {};
  const { type } = config;
  const known = (KNOWN_SENDERS as readonly unknown[]).includes(type) ? ['type'] : type === 'hmac' ? HMAC_KEYS : null;
  if (!known) return [oneOf(`${pointer}/type`, ['hmac', ...KNOWN_SENDERS])];
  return [...unknownKeys(config, known, pointer), ...(type === 'hmac' ? hmacProblems(config, pointer) : [])];
}

function hmacProblems(config: JsonObject, pointer: string): InputProblem[] {
  const { header, algorithm = 'sha256', encoding = 'hex', prefix = '', timestampHeader } = config;
  const problems: InputProblem[] = [];
  if (!isHeader(header)) problems.push(notAHeader(`${pointer}/header`));
  if (timestampHeader !== undefined && !isHeader(timestampHeader)) {
    problems.push(notAHeader(`${pointer}/timestampHeader`));
  }
  if (!(ALGORITHMS as readonly unknown[]).includes(algorithm)) problems.push(oneOf(`${pointer}/algorithm`, ALGORITHMS));
  if (!(ENCODINGS as readonly unknown[]).includes(encoding)) problems.push(oneOf(`${pointer}/encoding`, ENCODINGS));
  if (typeof prefix !== 'string' || prefix.length > MAX_PREFIX_LENGTH) {
    problems.push({ pointer: `${pointer}/prefix`, code: 'text', detail: 'Must be a short string.' });
  }
  return problems;
}

function isHeader(value: unknown): boolean {
  return typeof value === 'string' && HEADER.test(value);
}

function notAHeader(pointer: string): InputProblem {
  return { pointer, code: 'header', detail: 'Must be the name of a header.' };
}

function oneOf(pointer: string, values: readonly string[]): InputProblem {
  return { pointer, code: 'enum', detail: `Must be one of ${values.join(', ')}.` };
}
