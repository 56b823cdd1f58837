/** Names whose values must not be logged, in any spelling: `newPassword`, `x-api-key`, `refresh_token`. */
const SECRET_NAME =
  /^(authorization|proxyauthorization|cookie|setcookie|xapikey|apikey|ticket)$|password|passphrase|secret|token|credential|signingkeys|encryptionkeys/;
const CENSOR = '[redacted]';
const MAX_DEPTH = 6;
const MAX_JUDGED = 1000;

/**
 * Copies a log object without secrets at any depth (levels beyond 6 are cut off). Errors are kept as they are, because
 * the logger's serializer formats them.
 */
export function redact(value: Record<string, unknown>): Record<string, unknown> {
  return redactObject(value, 0);
}

function redactObject(source: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(source).map(([key, value]: [string, unknown]) => [
      key,
      isSecretName(key) && value !== undefined && value !== null ? CENSOR : redactValue(value, depth + 1),
    ]),
  );
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth > MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return redactObject(value, depth);
}

/** Cache: most lines use the same few names. */
const judged = new Map<string, boolean>();

function isSecretName(key: string): boolean {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const isSecret = SECRET_NAME.test(key.replaceAll(/[-_ ]/g, '').toLowerCase());
  if (judged.size < MAX_JUDGED) judged.set(key, isSecret);
  return isSecret;
}
