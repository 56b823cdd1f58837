import type { Config } from '../../../common/config/config.js';
import { linkInMail } from '../../../common/mail/link-in-mail.js';
import type { Mail } from '../../../common/mail/mail.types.js';

/** `reactivated`: nobody asked; a program has let the user in again. */
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
        ? `Somebody, hopefully you, asked for a new password for ${to} at ${tenantName}.`
        : `Your account ${to} at ${tenantName} is active again. You can sign in with your password, or choose a new one.`,
      `Choose it here:\n${linkInMail(config, 'reset-password', token)}`,
      `The link works once and expires at ${expiresAt.toISOString()}.`,
      reason === 'forgotten'
        ? 'If it was not you, ignore this mail: your password stays as it is.'
        : 'If you do not choose a new password, yours stays as it is.',
    ].join('\n\n'),
  };
}
