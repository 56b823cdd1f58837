import { isIP } from 'node:net';
import { Matches } from 'class-validator';
import { normalizeEmail } from '../values/email-address.js';
import { opaquePassword } from '../values/password-text.js';
import { ruleOf } from '../values/rule-of.js';
import { hasLength } from '../values/text-length.js';

/** Express' names for private ranges. */
const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** `false`, a number of proxies, or a comma-separated list of addresses, ranges and Express' range names. */
export const IsTrustProxy = ruleOf('isTrustProxy', (value) =>
  value === 'false' || /^[0-9]{1,2}$/.test(String(value)) || isAddressList(String(value))
    ? undefined
    : 'must be false, a number of proxies, or a comma-separated list of their addresses',
);

/**
 * Origins exactly as browsers send them, with scheme and without a path: any other text would never match. `*` allows
 * all.
 */
export const AreOrigins = (): PropertyDecorator =>
  Matches(/^(\*|https?:\/\/[^\s/?#]+)$/, {
    each: true,
    message: '$property must be a comma-separated list of origins such as https://app.example.com',
  });

/** An address that `normalizeEmail` accepts. */
export const IsMailbox = ruleOf('isMailbox', (value) =>
  typeof value === 'string' && normalizeEmail(value) !== undefined
    ? undefined
    : 'must be an email address such as admin@example.com',
);

/** At least 12 characters, as for every new password. */
export const IsFirstPassword = ruleOf('isFirstPassword', (value) =>
  typeof value === 'string' && hasLength(opaquePassword(value), 12) ? undefined : 'must have at least 12 characters',
);

/**
 * Header names (tokens of RFC 9110). `*` is refused: with it, browsers would only send headers that need no permission.
 */
export const AreHeaderNames = (): PropertyDecorator =>
  Matches(/^(?!\*$)[\w!#$%&'*+.^`|~-]+$/, {
    each: true,
    message: '$property must be a comma-separated list of header names',
  });

function isAddressList(text: string): boolean {
  return text.split(',').every((part) => NAMED_RANGES.includes(part.trim()) || isAddressOrRange(part.trim()));
}

function isAddressOrRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return false;
  if (bits === undefined) return true;
  return Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128);
}
