import { domainToASCII, domainToUnicode } from 'node:url';
import { lengthOf } from './text-length.js';

/** The same limit as in the database. */
export const MAX_EMAIL_LENGTH = 255;
/** RFC 5321, 4.5.3.1: in octets, with the domain in ASCII form. */
const MAX_LOCAL_BYTES = 64;
const MAX_DOMAIN_LENGTH = 253;
/**
 * Letters, marks and digits of any script and the plain characters of RFC 5322: no quotes, comments, spaces or control
 * characters.
 */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~\p{L}\p{M}\p{N}-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~\p{L}\p{M}\p{N}-]+)*$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Other characters that are equivalent to the dot between labels (RFC 3490, 3.1). */
const DOTS = /[\u3002\uFF0E\uFF61]/g;

/**
 * Returns the normalized form of an email address, in which it is stored, compared and mailed, or undefined if
 * invalid: lower case, NFC, and the domain in Unicode even if given as `xn--…`. Accepted addresses pass through mail
 * software unchanged.
 */
export function normalizeEmail(text: string): string | undefined {
  if (text.length > 4 * MAX_EMAIL_LENGTH) return undefined;
  const [local, domain] = partsOf(spelled(text));
  if (local === undefined || domain === undefined) return undefined;
  if (!LOCAL_PART.test(local) || Buffer.byteLength(local) > MAX_LOCAL_BYTES) return undefined;
  const ascii = asciiDomain(domain);
  if (ascii === undefined) return undefined;
  const address = `${local}@${unicodeDomain(ascii)}`;
  return lengthOf(address) <= MAX_EMAIL_LENGTH && address === address.toLowerCase() ? address : undefined;
}

/**
 * Returns every spelling under which an account of this address may be stored, the most likely first: as typed, as
 * stored today, and as stored before addresses were normalized (decomposed, or with the domain as `xn--…`). At most
 * seven.
 */
export function emailSpellings(text: string): string[] {
  const typed = text.trim().toLowerCase();
  const normal = normalizeEmail(text);
  if (normal === undefined) return [typed];
  const [local = '', domain = ''] = partsOf(normal);
  const locals = [local, local.normalize('NFD')];
  const domains = [domain, domain.normalize('NFD'), domainToASCII(domain)];
  const old = locals.flatMap((name) => domains.map((host) => `${name}@${host}`));
  return [...new Set([typed, normal, ...old])];
}

/** Normalizes a name used for signing in: an email address as by `normalizeEmail`, any other text in lower case. */
export function normalizeSignInName(name: string): string {
  return normalizeEmail(name) ?? spelled(name);
}

/** Returns an address for sending: with the domain in ASCII, which all mail servers accept. */
export function mailableAddress(address: string): string {
  const [local, domain] = partsOf(address);
  const ascii = domain && domainToASCII(domain);
  return ascii ? `${local}@${ascii}` : address;
}

/**
 * Returns the forms in which a word may occur in a stored address or name: as typed, composed, decomposed, and both
 * forms of a domain.
 */
export function searchSpellings(word: string): string[] {
  const composed = word.normalize('NFC');
  const spellings = [word, composed, word.normalize('NFD')];
  const at = composed.lastIndexOf('@') + 1;
  const [before, host] = [composed.slice(0, at), composed.slice(at).toLowerCase()];
  const ascii = DOMAIN_WORD.test(host) && needsFolding(host) ? domainToASCII(host) : '';
  if (ascii) spellings.push(before + ascii, before + unicodeDomain(ascii));
  return [...new Set(spellings)];
}

const DOMAIN_WORD = /^[\p{L}\p{M}\p{N}.-]{1,253}$/u;

function needsFolding(host: string): boolean {
  return /[^\0-\x7f].*\.|\..*[^\0-\x7f]|xn--/.test(host);
}

function spelled(text: string): string {
  return text.trim().normalize('NFC').toLowerCase().normalize('NFC');
}

function partsOf(address: string): [local?: string, domain?: string] {
  const at = address.lastIndexOf('@');
  return at < 1 ? [] : [address.slice(0, at), address.slice(at + 1)];
}

function asciiDomain(written: string): string | undefined {
  const domain = written.replaceAll(DOTS, '.');
  // Checked first, because the URL standard would interpret numbers as an IP address and decode escapes.
  if (!DOMAIN.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const labels = ascii.split('.');
  const isHost = ascii.length <= MAX_DOMAIN_LENGTH && labels.length > 1 && labels.every((label) => LABEL.test(label));
  return isHost && !/^[0-9]+$/.test(labels.at(-1)!) ? ascii : undefined;
}

function unicodeDomain(ascii: string): string {
  const unicode = domainToUnicode(ascii).normalize('NFC');
  // If the conversion does not round-trip, only the ASCII form is unambiguous.
  return unicode !== '' && domainToASCII(unicode) === ascii ? unicode : ascii;
}
