import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MethodNotAllowedException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { packageRoot } from '../config/package-root.js';

/** What mails link to, below PUBLIC_URL or APP_URL. */
export type AccountPage = 'accept-invitation' | 'reset-password';

const HTML = 'text/html; charset=utf-8';
/** By path. The pages name the others relative to themselves, so that all of it may be served below a path of a proxy. */
const FILES: Record<string, { file: string; type: string }> = {
  '/accept-invitation': { file: 'accept-invitation.html', type: HTML },
  '/reset-password': { file: 'reset-password.html', type: HTML },
  '/account-pages/account.css': { file: 'account.css', type: 'text/css; charset=utf-8' },
  '/account-pages/account.js': { file: 'account.js', type: 'text/javascript; charset=utf-8' },
};

/**
 * Its own script and style, its own server, and nothing else: no frame, no form that the browser sends by itself (a password would
 * stand in the address), no text that becomes markup.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The pages on which people accept invitations and choose passwords, for installations without a front end of their own. */
export function serveAccountPages(app: NestExpressApplication): void {
  const folder = join(packageRoot(), 'pages');
  const pages = new Map(
    Object.entries(FILES).map(([path, { file, type }]) => [path, { type, content: readFileSync(join(folder, file)) }]),
  );
  app.use((request: Request, response: Response, next: NextFunction) => {
    const page = pages.get(request.path);
    if (!page) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return next(new MethodNotAllowedException());
    }
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', page.type);
    response.end(request.method === 'HEAD' ? undefined : page.content);
  });
}
