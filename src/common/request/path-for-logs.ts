/** The address of a hook is all that it asks for. */
const SECRET_ADDRESS = /(\/hooks\/)[^/]+/i;

/** What a log may keep of a request's address: no query, which may hold tickets, and of a hook not its token. */
export function pathForLogs({ originalUrl }: { originalUrl: string }): string {
  return originalUrl.replace(/[?#].*$/s, '').replace(SECRET_ADDRESS, '$1[redacted]');
}
