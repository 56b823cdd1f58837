import { Injectable } from '@nestjs/common';
import { IdentityCache } from '../../common/auth/identity-cache.js';
import { DbalService } from '../../common/dbal/dbal.service.js';
import { TenantContext } from '../../common/tenancy/tenant-context.js';
import { SessionsService } from './auth/sessions.service.js';

/** Makes a change of somebody's rights hold at once here; other processes learn of it from the database. */
@Injectable()
export class UserAccess {
  constructor(
    private readonly tenant: TenantContext,
    private readonly identities: IdentityCache,
    private readonly sessions: SessionsService,
    private readonly dbal: DbalService,
  ) {}

  /** The user's role or status is read again, from the moment the running transaction commits. */
  refresh(userId: string): void {
    const { tenantId } = this.tenant;
    this.dbal.afterCommit(() => this.identities.forgetUser(tenantId, userId));
  }

  /** Signs the user out everywhere. */
  async end(userId: string): Promise<void> {
    await this.sessions.revokeAllOf(userId);
    this.refresh(userId);
  }
}
