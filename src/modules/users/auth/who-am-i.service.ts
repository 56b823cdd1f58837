import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { OwnTenantService } from '../../tenants/own-tenant.service.js';
import { PlatformAdminsService } from '../../tenants/platform-admins/platform-admins.service.js';
import { UsersService } from '../users.service.js';
import type { WhoAmI } from './auth.types.js';

@Injectable()
export class WhoAmIService {
  constructor(
    private readonly users: UsersService,
    private readonly platformAdmins: PlatformAdminsService,
    private readonly tenant: OwnTenantService,
  ) {}

  /** @throws NotFoundError if the user or tenant was deleted in the meantime. */
  async get(actor: Actor): Promise<WhoAmI> {
    const isPlatform = actor.kind === 'platform';
    const [user, platformAdmin, tenant] = await Promise.all([
      isPlatform ? null : this.users.get(actor.id),
      isPlatform ? this.platformAdmins.get(actor.id) : null,
      this.tenant.get(),
    ]);
    return { actor, user, platformAdmin, tenant };
  }
}
