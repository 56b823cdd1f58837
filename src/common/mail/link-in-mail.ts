import type { Config } from '../config/config.js';
import type { AccountPage } from '../http/account-pages.js';

/**
 * Where a mail sends its reader: to the front end that APP_URL names, else to our own page. The token stands in the fragment, which
 * browsers do not send: it reaches no log and no referrer on the way.
 */
export function linkInMail(
  { APP_URL, PUBLIC_URL, PORT }: Pick<Config, 'APP_URL' | 'PUBLIC_URL' | 'PORT'>,
  page: AccountPage,
  token: string,
): string {
  const base = (APP_URL ?? PUBLIC_URL ?? `http://localhost:${PORT}`).replace(/\/$/, '');
  return `${base}/${page}#token=${token}`;
}
