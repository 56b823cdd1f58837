import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, Request } from 'express';

/** An entity tag, weak or strong. */
const TAG = /(?:W\/)?("[^"]*")/g;

/**
 * Decides whether the client already has the current representation (RFC 9110, 13.1.2): only `If-None-Match` counts, by
 * weak comparison, for GET and HEAD. Express would also consider `Cache-Control`, which browsers send as `no-cache`
 * whenever a page sets `If-None-Match` itself.
 */
export function decideByEntityTags(app: NestExpressApplication): void {
  const { request } = app.getHttpAdapter().getInstance() as Express;
  Object.defineProperty(request, 'fresh', {
    configurable: true,
    get(this: Request): boolean {
      const asked = this.headers['if-none-match'];
      const current = this.res?.getHeader('ETag');
      const { statusCode = 0 } = this.res ?? {};
      if (asked === undefined || typeof current !== 'string') return false;
      if ((this.method !== 'GET' && this.method !== 'HEAD') || statusCode < 200 || statusCode > 299) return false;
      return asked.trim() === '*' || opaqueTags(asked).includes(opaqueTags(current)[0] ?? '');
    },
  });
}

/** Returns the tags of a header without their weakness prefix. */
function opaqueTags(header: string): string[] {
  return [...header.matchAll(TAG)].map(([, tag]) => tag!);
}
