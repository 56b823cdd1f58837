import type { Config } from '../../../common/config/config.js';
import type { Mail } from '../../../common/mail/mail.types.js';

/** The token stands in the fragment, which browsers do not send: it reaches no log and no referrer on the way. */
export function passwordResetMail(
  { to, tenantName, token, expiresAt }: { to: string; tenantName: string; token: string; expiresAt: Date },
  config: Pick<Config, 'PUBLIC_URL' | 'PORT'>,
): Mail {
  const base = (config.PUBLIC_URL ?? `http://localhost:${config.PORT}`).replace(/\/$/, '');
  return {
    to,
    subject: `Your password for ${tenantName}`,
    text: [
      `Somebody, hopefully you, asked for a new password for ${to} at ${tenantName}.`,
      `Choose it here: ${base}/reset-password#token=${token}`,
      `The link works once and expires at ${expiresAt.toISOString()}.`,
      'If it was not you, ignore this mail: your password stays as it is.',
    ].join('\n\n'),
  };
}
