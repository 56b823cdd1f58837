import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { Request } from 'express';

export type BodyForm = 'json' | 'form';

/** `application/json`, `application/<anything>+json`, and `text/json`, which older clients use. */
const JSON_TYPE = /^(application\/json|text\/json|application\/[^/]+\+json)$/;
const CHARSET = /;\s*charset\s*=\s*["']?\s*([^"';\s]+)/i;

/** US-ASCII is a subset of UTF-8. */
const CHARSETS: ReadonlyMap<string, string> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['ascii', 'utf-8'],
  ['utf-16', 'utf-16'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
]);

/** `text/plain; charset=UTF-8` → `text/plain`; an empty string without a header. */
export function mediaTypeOf(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** Returns how to parse a body of that type; undefined if the type is not accepted. */
export function bodyFormOf(mediaType: string, lenient: boolean): BodyForm | undefined {
  if (JSON_TYPE.test(mediaType)) return 'json';
  if (!lenient) return undefined;
  if (mediaType === 'application/x-www-form-urlencoded') return 'form';
  return mediaType === '' || mediaType === 'text/plain' ? 'json' : undefined;
}

/**
 * Decodes a body in the character set of its type and removes a byte order mark. @throws UnsupportedMediaTypeException
 */
export function decodeBody(bytes: Buffer, request: Request): string {
  const named = CHARSET.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  const charset = CHARSETS.get(named);
  if (!charset) throw new UnsupportedMediaTypeException('Send the body in UTF-8.');
  // JSON starts with an ASCII character, so the position of the zero byte reveals the byte order.
  const label = charset === 'utf-16' ? (bytes[0] === 0 || bytes[0] === 0xfe ? 'utf-16be' : 'utf-16le') : charset;
  if (label !== 'utf-8') return new TextDecoder(label).decode(bytes);
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
