import { Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../src/common/identity/actor.js';
import { ProvisioningService } from '../../src/modules/tenants/provisioning/provisioning.service.js';
import { TenantsService } from '../../src/modules/tenants/tenants.service.js';
import { DemoContentSeed } from './demo-content-seed.js';
import { DEMO_PASSWORD, DEMO_USERS, type DemoTenant } from './demo-data.js';
import { DEMO_MARK, DemoRepository } from './demo.repository.js';

/** Creates a demo tenant, or completes an interrupted one. One process at a time per tenant. */
@Injectable()
export class DemoTenantSeed {
  constructor(
    private readonly demo: DemoRepository,
    private readonly tenants: TenantsService,
    private readonly provisioning: ProvisioningService,
    private readonly content: DemoContentSeed,
  ) {}

  async seed(tenant: DemoTenant): Promise<void> {
    const id = (await this.findProvisioned(tenant)) ?? (await this.provision(tenant));
    await this.content.seed(id, tenant);
    await this.tenants.update(SYSTEM_ACTOR, id, { metadata: { [DEMO_MARK]: 'seeded' } });
  }

  /** Finds the tenant of an interrupted seed, for completion. Removes it first if provisioning was interrupted. */
  private async findProvisioned({ slug }: DemoTenant): Promise<string | null> {
    const found = await this.demo.findTenant(slug);
    if (found?.status !== 'PROVISIONING') return found?.id ?? null;
    await this.provisioning.recover(found.id);
    return null;
  }

  private async provision({ slug, name, plan, settings, theme }: DemoTenant): Promise<string> {
    const { tenant } = await this.tenants.create(SYSTEM_ACTOR, {
      slug,
      name,
      plan,
      settings,
      theme,
      metadata: { [DEMO_MARK]: 'begun' },
      ownerEmail: DEMO_USERS[0]!.email,
      ownerPassword: DEMO_PASSWORD,
    });
    return tenant.id;
  }
}
