import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../../src/common/auth/password-hasher.js';
import type { Actor } from '../../src/common/identity/actor.js';
import { permissionSetOfRole } from '../../src/common/identity/permissions.js';
import { DbalService } from '../../src/common/dbal/dbal.service.js';
import { TenantContext } from '../../src/common/tenancy/tenant-context.js';
import { DEMO_PASSWORD, DEMO_USERS, type DemoTenant } from './demo-data.js';
import { DemoRowSeed } from './demo-row-seed.js';
import { DemoWorkflowSeed } from './demo-workflow-seed.js';
import { DemoRepository } from './demo.repository.js';

/** The user who owns the rows and workflows of the demo. */
const MAKER = 'manager';
/** Scripts are compiled in a sandbox process, which has to start first. */
const TIMEOUT_MS = 20_000;

/** Fills a demo tenant with users and their data. */
@Injectable()
export class DemoContentSeed {
  private passwordHash?: Promise<string>;

  constructor(
    private readonly demo: DemoRepository,
    private readonly rows: DemoRowSeed,
    private readonly workflows: DemoWorkflowSeed,
    private readonly context: TenantContext,
    private readonly dbal: DbalService,
    private readonly passwords: PasswordHasher,
  ) {}

  /** Creates everything or nothing; existing data is left unchanged. */
  async seed(tenantId: string, { settings }: DemoTenant): Promise<void> {
    // All users share one hash, because argon2 is slow on purpose.
    const passwordHash = await (this.passwordHash ??= this.passwords.hash(DEMO_PASSWORD));
    const makeAll = async (): Promise<void> => {
      await this.demo.addUsers(DEMO_USERS.slice(1), passwordHash);
      await this.demo.nameUser(DEMO_USERS[0]!);
      const maker = await this.maker();
      await this.rows.seed(maker);
      await this.workflows.seed(maker, settings.timezone);
    };
    await this.context.run({ tenantId, source: 'system' }, () =>
      this.dbal.transaction(makeAll, { timeoutMs: TIMEOUT_MS }),
    );
  }

  private async maker(): Promise<Actor> {
    const id = await this.demo.findUserId(MAKER);
    return { kind: 'user', id, role: MAKER, permissions: permissionSetOfRole(MAKER) };
  }
}
