import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Role } from '../../src/common/identity/roles.js';
import { TaskRunner } from '../../src/common/queue/task-runner.js';
import { MailTransport } from '../../src/common/mail/mail-transport.js';
import type { MemoryTransport } from '../../src/common/mail/memory.transport.js';
import { type Factories, factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import type { TestUser } from '../support/factories/users.js';
import type { HttpClient } from '../support/http-client.js';
import type { TestApp } from '../support/test-app.js';
import type { ApiOperation } from './api-description.js';
import { Furnisher } from './furnisher.js';
import { itemsOf, newSide, PASSWORD, type Side } from './fuzz-side.js';
import { keepMailedTokens } from './mailed-tokens.js';
import type { Placeholder } from './placeholders.js';
import type { ActorName, RequestPlans } from './request-plans.js';
import { rowOwners } from './row-owners.js';

export interface Caller {
  headers: Record<string, string>;
  /** The tenant whose data may be in the answers; none for those who act outside of any. */
  side?: Side;
  userId?: string;
}

/** Two tenants with data and people, and who plans are carried out as. Made anew now and then: requests wear it out. */
export class FuzzWorld {
  private constructor(
    private readonly make: Factories,
    private readonly admin: pg.Pool,
    readonly own: Side,
    readonly other: Side,
    /** A tenant for the platform to suspend and delete. */
    readonly spare: TestTenant,
    private readonly platformEmail: string,
  ) {}

  #platformRefreshToken = '';

  static async create(
    test: TestApp,
    client: HttpClient,
    admin: pg.Pool,
    operations: ApiOperation[],
    plans: RequestPlans,
  ): Promise<FuzzWorld> {
    const make = factories(test.app);
    const [own, other, spare] = await Promise.all([newSide(make, admin), newSide(make, admin), make.createTenant()]);
    const email = `platform@${own.marker}.test`;
    await admin.query(
      `INSERT INTO platform_admins (id, email, password_hash)
       SELECT gen_random_uuid(), $2, password_hash FROM credentials WHERE tenant_id = $1 LIMIT 1`,
      [own.tenant.id, email],
    );
    const world = new FuzzWorld(make, admin, own, other, spare, email);
    const furnisher = new Furnisher(client, operations, plans);
    for (const side of [own, other]) {
      const owner = await world.#person(side, 'owner');
      await furnisher.furnish(side, owner.headers, (wanted) => world.fill(wanted, owner));
    }
    // People get their mails, and runs come as far as they can without people.
    await test.app.get(TaskRunner).runDue();
    const { sent } = test.app.get<MemoryTransport>(MailTransport);
    for (const side of [own, other]) keepMailedTokens(side, sent);
    world.#platformRefreshToken = await furnisher.signIn('/api/v1/platform/auth/login', { email });
    return world;
  }

  async callerOf(actor: ActorName): Promise<Caller> {
    switch (actor) {
      case 'nobody':
        return { headers: {} };
      case 'nobody who names a tenant':
        return { headers: { 'x-tenant-slug': this.own.tenant.slug }, side: this.own };
      case 'forger':
        return { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } };
      case 'platform outside':
        return { headers: await this.#platform() };
      case 'platform inside':
        return { headers: { ...(await this.#platform()), 'x-tenant-id': this.own.tenant.id }, side: this.own };
      case 'API key':
      case 'limited API key':
        return { headers: { 'x-api-key': this.own.apiKeys[actor] ?? 'key_none' }, side: this.own };
      case 'neighbour':
        return this.#person(this.other, 'owner');
      default:
        return this.#person(this.own, actor);
    }
  }

  /** What a placeholder stands for, for this caller. */
  fill(placeholder: Placeholder, caller: Caller): string {
    const mine = caller.side ?? this.own;
    const theirs = mine === this.own ? this.other : this.own;
    const { meaning } = placeholder;
    switch (meaning) {
      case 'tenant slug':
        return mine.tenant.slug;
      case 'tenant id':
        return mine.tenant.id;
      case 'other tenant slug':
        return theirs.tenant.slug;
      case 'other tenant id':
        return theirs.tenant.id;
      case 'identifier':
        return mine.signer.username;
      case 'password':
        return PASSWORD;
      case 'refresh token':
        return mine.refreshToken;
      case 'other refresh token':
        return theirs.refreshToken;
      case 'forged token':
        return `reset_${theirs.tenant.id.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`;
      case 'platform email':
        return this.platformEmail;
      case 'platform refresh token':
        return this.#platformRefreshToken;
      case 'caller id':
        return caller.userId ?? mine.tenant.owner.id;
      case 'own id':
      case 'own key':
        return this.#itemOf(mine, placeholder);
      case 'other id':
      case 'other key':
        return this.#itemOf(theirs, placeholder);
    }
  }

  /** Whose each id in the database is at the moment. */
  owners(): Promise<Map<string, Set<string>>> {
    return rowOwners(this.admin, [this.own.tenant.id, this.other.tenant.id, this.spare.id]);
  }

  async #platform(): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await this.make.platformToken()}` };
  }

  /** With a session of its own each time: requests may end it, as they may end the person. */
  async #person(side: Side, role: Role): Promise<Caller> {
    const { rows } = await this.admin.query<TestUser>(
      `SELECT id, tenant_id AS "tenantId", username, email, role FROM users
       WHERE tenant_id = $1 AND role = $2 AND status = 'ACTIVE' AND id <> $3 ORDER BY id LIMIT 1`,
      [side.tenant.id, role, side.signer.id],
    );
    const user = rows[0] ?? (await this.make.createUser(side.tenant, { role }));
    return { headers: { authorization: `Bearer ${await this.make.tokenFor(user)}` }, side, userId: user.id };
  }

  #itemOf(side: Side, { collection, field, pick }: Placeholder): string {
    const lists = collection === '' ? [...side.items.values()].flat() : itemsOf(side, collection);
    if (collection.endsWith('/platform/tenants')) return this.spare.id;
    const values = lists.map((item) => item[field] ?? item['id']).filter((value) => typeof value === 'string');
    return values[pick % values.length] ?? randomUUID();
  }
}
