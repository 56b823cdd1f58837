import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { PlatformDbalService } from '../../src/common/dbal/platform-dbal.service.js';
import { PlatformAdminsService } from '../../src/modules/tenants/platform-admins/platform-admins.service.js';
import { DEMO_PASSWORD, DEMO_PLATFORM_ADMIN, DEMO_TENANTS, type DemoTenant } from './demo-data.js';
import { DemoTenantSeed } from './demo-tenant-seed.js';
import { DemoRepository } from './demo.repository.js';

/** Longer than one tenant takes, and shorter than PostgreSQL's limit for idle transactions. */
const TENANT_TIMEOUT_MS = 25_000;
const LOCK_RETRY_MS = 200;

/** Creates the demo once. Later changes to its data are kept. */
@Injectable()
export class DemoSeed {
  private readonly logger = new Logger(DemoSeed.name);

  constructor(
    private readonly demo: DemoRepository,
    private readonly tenants: DemoTenantSeed,
    private readonly admins: PlatformAdminsService,
    private readonly platformDbal: PlatformDbalService,
  ) {}

  /**
   * Safe to repeat after an interruption at any point, and to run in two processes at once. Returns the slugs of the
   * tenants it created.
   */
  async run(): Promise<string[]> {
    await this.admins.ensure(DEMO_PLATFORM_ADMIN, DEMO_PASSWORD);
    const made: string[] = [];
    for (const tenant of DEMO_TENANTS) if (await this.seedOnce(tenant)) made.push(tenant.slug);
    return made;
  }

  private async seedOnce(tenant: DemoTenant): Promise<boolean> {
    for (;;) {
      if (!(await this.isMissing(tenant))) return false;
      const isMade = await this.underLock(tenant, async () => {
        // Checked again under the lock: another process may just have finished.
        const isMissing = await this.isMissing(tenant);
        if (isMissing) await this.tenants.seed(tenant);
        return isMissing;
      });
      if (isMade !== undefined) return isMade;
      await delay(LOCK_RETRY_MS);
    }
  }

  /** Returns undefined if another process holds the lock. */
  private underLock<T>({ slug }: DemoTenant, fn: () => Promise<T>): Promise<T | undefined> {
    const lockAndRun = async (): Promise<T | undefined> =>
      // The transaction of the lock only waits: provisioning commits its own transactions meanwhile.
      (await this.demo.tryLock(slug)) ? this.platformDbal.apart(fn) : undefined;
    return this.platformDbal.transaction(lockAndRun, { timeoutMs: TENANT_TIMEOUT_MS });
  }

  private async isMissing({ slug }: DemoTenant): Promise<boolean> {
    const found = await this.demo.findTenant(slug);
    if (found?.state === 'foreign')
      this.logger.warn(`A tenant ${slug} already exists that is not part of the demo; it is not changed.`);
    return found === null || found.state === 'begun';
  }
}
