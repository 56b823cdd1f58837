import type { Config } from '../../../common/config/config.js';
import { linkInMail } from '../../../common/mail/link-in-mail.js';

export interface InvitationFacts {
  to: string;
  tenantName: string;
  token: string;
  expiresAt: Date;
}

export function invitationMail(
  { to, tenantName, token, expiresAt }: InvitationFacts,
  config: Pick<Config, 'APP_URL' | 'PUBLIC_URL' | 'PORT'>,
): { to: string; subject: string; text: string } {
  return {
    to,
    subject: `You are invited to ${tenantName}`,
    text: [
      `You have been invited to join ${tenantName}.`,
      `Choose a password here:\n${linkInMail(config, 'accept-invitation', token)}`,
      `The invitation works once and expires at ${expiresAt.toISOString()}.`,
      'If you did not expect this invitation, ignore this email.',
    ].join('\n\n'),
  };
}
