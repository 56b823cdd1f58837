import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../../../common/auth/access-tokens.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import type { TokenPair } from './auth.types.js';
import type { SessionGrant } from './sessions.types.js';

/** Converts a session grant to the tokens that the client receives. */
@Injectable()
export class AccessGrants {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly tenant: TenantContext,
  ) {}

  /** Issues tokens for the session, in its tenant. */
  async pairFor({ sessionId, userId, refreshToken }: SessionGrant): Promise<TokenPair> {
    const { tenantId } = this.tenant;
    const { token, expiresIn } = await this.tokens.sign({ subject: userId, tenantId, sessionId });
    return { accessToken: token, refreshToken, expiresIn };
  }
}
