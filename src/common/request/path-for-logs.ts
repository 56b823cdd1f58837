/** The token in the path is a hook's only credential. */
const SECRET_ADDRESS = /(\/hooks\/)[^/]+/i;

/**
 * Returns the path of a request for logs: without the query, which may contain tickets, and without the token of a
 * hook.
 */
export function pathForLogs({ originalUrl }: { originalUrl: string }): string {
  return originalUrl.replace(/[?#].*$/s, '').replace(SECRET_ADDRESS, '$1[redacted]');
}
