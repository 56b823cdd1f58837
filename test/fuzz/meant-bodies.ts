import type { ApiOperation } from './api-description.js';
import { Placeholder } from './placeholders.js';

/** The body with what the operation means by fields that are called the same in others. */
export function meantFor({ path }: ApiOperation, body: unknown): unknown {
  return path.includes('/platform/auth/') ? asPlatformAdmin(body) : withItsTokens(path, body);
}

/** Platform admins have names and secrets of their own. */
function asPlatformAdmin(body: unknown): unknown {
  const { email, refreshToken, ...rest } = body as Record<string, unknown>;
  return {
    ...rest,
    ...(email !== undefined && { email: new Placeholder('platform email') }),
    ...(refreshToken !== undefined && { refreshToken: new Placeholder('platform refresh token') }),
  };
}

/** A token is good for one operation, under whose path those that were mailed are kept. */
function withItsTokens(path: string, body: unknown): unknown {
  const token = (body as { token?: unknown } | null)?.token;
  if (!(token instanceof Placeholder) || token.field !== 'token') return body;
  return { ...(body as object), token: new Placeholder(token.meaning, path, token.field, token.pick) };
}
