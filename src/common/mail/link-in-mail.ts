import type { Config } from '../config/config.js';
import type { AccountPage } from '../http/account-pages.js';

/**
 * Builds a link for a mail: to the front end of APP_URL, or else to the built-in page. The token is in the fragment,
 * which browsers do not send, so it reaches no log and no referrer.
 */
export function linkInMail(
  { APP_URL, PUBLIC_URL, PORT }: Pick<Config, 'APP_URL' | 'PUBLIC_URL' | 'PORT'>,
  page: AccountPage,
  token: string,
): string {
  const base = (APP_URL ?? PUBLIC_URL ?? `http://localhost:${PORT}`).replace(/\/$/, '');
  return `${base}/${page}#token=${token}`;
}
