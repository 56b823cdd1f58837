import type { Config } from '../../../common/config/config.js';

export interface InvitationFacts {
  to: string;
  tenantName: string;
  token: string;
  expiresAt: Date;
}

/** The token stands in the fragment, which browsers do not send: it reaches no log and no referrer on the way. */
export function invitationMail(
  { to, tenantName, token, expiresAt }: InvitationFacts,
  config: Pick<Config, 'PUBLIC_URL' | 'PORT'>,
): { to: string; subject: string; text: string } {
  const base = (config.PUBLIC_URL ?? `http://localhost:${config.PORT}`).replace(/\/$/, '');
  return {
    to,
    subject: `You are invited to ${tenantName}`,
    text: [
      `You are invited to join ${tenantName}.`,
      `Choose a password here: ${base}/accept-invitation#token=${token}`,
      `The invitation works once and expires at ${expiresAt.toISOString()}.`,
      'If you did not expect it, ignore this mail.',
    ].join('\n\n'),
  };
}
