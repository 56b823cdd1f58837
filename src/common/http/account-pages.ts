import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MethodNotAllowedException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { packageRoot } from '../config/package-root.js';

/** Pages that emails link to, below PUBLIC_URL or APP_URL. */
export type AccountPage = 'accept-invitation' | 'reset-password';

/** The parts in which the pages differ; `account.html` is their common frame. */
const PAGES: Record<AccountPage, Record<'title' | 'action' | 'introduction' | 'submit', string>> = {
  'accept-invitation': {
    title: 'Accept your invitation',
    action: 'api/v1/auth/invitations/accept',
    introduction: 'Choose a password for your new account.',
    submit: 'Accept the invitation',
  },
  'reset-password': {
    title: 'Choose a new password',
    action: 'api/v1/auth/password/reset',
    introduction: 'You will be signed out everywhere, and your API keys will be revoked.',
    submit: 'Set the new password',
  },
};

interface ServedFile {
  type: string;
  content: string;
}

/** Returns the served files by path. The pages use relative links, so that a proxy may serve them below any path. */
function readFiles(folder: string): Map<string, ServedFile> {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const frame = read('account.html');
  return new Map([
    ...Object.entries(PAGES).map(([page, texts]): [string, ServedFile] => [
      `/${page}`,
      {
        type: 'text/html; charset=utf-8',
        content: Object.entries(texts).reduce((html, [name, text]) => html.replaceAll(`%${name}%`, text), frame),
      },
    ]),
    ['/account-pages/account.css', { type: 'text/css; charset=utf-8', content: read('account.css') }],
    ['/account-pages/account.js', { type: 'text/javascript; charset=utf-8', content: read('account.js') }],
  ]);
}

/**
 * Allows only the page's own script and style and requests to its own server. No frames, no native form submission (it
 * would put the password into the URL), and no markup built from text.
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

/**
 * Serves the pages on which users accept invitations and choose passwords, for installations without their own front
 * end.
 */
export function serveAccountPages(app: NestExpressApplication): void {
  const pages = readFiles(join(packageRoot(), 'pages'));
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
