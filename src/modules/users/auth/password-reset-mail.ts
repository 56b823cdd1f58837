import type { Config } from '../../../common/config/config.js';
import { linkInMail } from '../../../common/mail/link-in-mail.js';
import type { Mail } from '../../../common/mail/mail.types.js';

/** `reactivated`: the user did not ask for the mail; a program has reactivated the account. */
export type ResetReason = 'forgotten' | 'reactivated';

export interface ResetFacts {
  to: string;
  tenantName: string;
  token: string;
  expiresAt: Date;
  reason: ResetReason;
}

export function passwordResetMail(
  { to, tenantName, token, expiresAt, reason }: ResetFacts,
  config: Pick<Config, 'APP_URL' | 'PUBLIC_URL' | 'PORT'>,
): Mail {
  return {
    to,
    subject: `Your password for ${tenantName}`,
    text: [
      reason === 'forgotten'
        ? `A password reset was requested for ${to} at ${tenantName}.`
        : `Your account ${to} at ${tenantName} has been reactivated. You can sign in with your password, or choose a new one.`,
      `Choose it here:\n${linkInMail(config, 'reset-password', token)}`,
      `The link works once and expires at ${expiresAt.toISOString()}.`,
      reason === 'forgotten'
        ? 'If you did not request this, ignore this email: your password will not change.'
        : 'If you do not choose a new password, your current one stays valid.',
    ].join('\n\n'),
  };
}
