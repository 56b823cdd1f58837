import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { TestApp } from '../support/test-app.js';
import { type Factories, factories, type TestTenant, type TestUser } from '../support/factories.js';
import type { Answer, HttpClient } from '../support/http-client.js';
import type { ApiOperation } from './api-description.js';
import { fillIn, type Placeholder } from './placeholders.js';
import type { ActorName, RequestPlans } from './request-plans.js';

const PASSWORD = 'correct horse battery';
const SOME_SEED = 7;

/** One of the two tenants that share a database and must not notice each other. */
export interface Side {
  tenant: TestTenant;
  /** Stands in this tenant's data, and in no other's. */
  marker: string;
  people: Map<ActorName, TestUser>;
  /** Somebody with a password, who is no actor: signing in and out changes nobody's requests. */
  signer: TestUser;
  /** Items of each collection, as its list shows them. */
  items: Map<string, Record<string, unknown>[]>;
  apiKeys: Partial<Record<ActorName, string>>;
  refreshToken: string;
}

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
    private readonly client: HttpClient,
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
    const world = new FuzzWorld(make, client, admin, own, other, spare, email);
    for (const side of [own, other]) await world.#furnish(side, operations, plans);
    world.#platformRefreshToken = await world.#refreshTokenOf('/api/v1/platform/auth/login', { email });
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

  /** Notes what an answer tells about things that now exist, for later plans. */
  learn(operation: ApiOperation, caller: Caller, { status, text }: Answer): void {
    if (!caller.side || status !== 201 || operation.method !== 'POST') return;
    const item = parsed(text);
    if (typeof item?.['id'] === 'string') itemsOf(caller.side, operation.collection).unshift(item);
  }

  /** Whose each id in the database is: id → the tenants that have it. */
  async owners(): Promise<Map<string, Set<string>>> {
    const tenants = [this.own.tenant.id, this.other.tenant.id, this.spare.id];
    const { rows: columns } = await this.admin.query<{ table: string; column: string }>(
      `SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
       JOIN information_schema.columns t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.column_name = 'tenant_id'
       WHERE c.table_schema = 'public' AND c.data_type = 'uuid'`,
    );
    const query = columns
      .map(
        ({ table, column }) =>
          `SELECT tenant_id AS tenant, "${column}"::text AS id FROM "${table}" WHERE tenant_id = ANY ($1)`,
      )
      .join(' UNION ');
    const { rows } = await this.admin.query<{ tenant: string; id: string | null }>(query, [tenants]);
    const owners = new Map<string, Set<string>>();
    for (const { tenant, id } of [...rows, ...tenants.map((tenant) => ({ tenant, id: tenant }))]) {
      if (id) owners.set(id, (owners.get(id) ?? new Set()).add(tenant));
    }
    return owners;
  }

  async #platform(): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await this.make.platformToken()}` };
  }

  /** With a session of its own each time: requests may end it. */
  async #person(side: Side, role: ActorName): Promise<Caller> {
    const user = side.people.get(role)!;
    return { headers: { authorization: `Bearer ${await this.make.tokenFor(user)}` }, side, userId: user.id };
  }

  #itemOf(side: Side, { collection, field, pick }: Placeholder): string {
    const lists = collection === '' ? [...side.items.values()].flat() : itemsOf(side, collection);
    if (collection.endsWith('/platform/tenants')) return this.spare.id;
    const values = lists.map((item) => item[field] ?? item['id']).filter((value) => typeof value === 'string');
    return values[pick % values.length] ?? randomUUID();
  }

  /** Makes something in every collection, as the owner, and reads all lists. */
  async #furnish(side: Side, operations: ApiOperation[], plans: RequestPlans): Promise<void> {
    const owner = await this.#person(side, 'owner');
    const send = async ({ method, path }: ApiOperation, body?: unknown): Promise<Answer> =>
      this.client.send({
        method,
        path,
        headers: { ...owner.headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        body:
          body === undefined
            ? undefined
            : JSON.stringify(fillIn(body, (wanted) => this.fill(wanted, owner), side.marker)),
      });
    const ofTenants = operations.filter(
      ({ path, isPublic }) => !isPublic && !path.includes('/platform/') && !path.includes('{'),
    );
    for (const operation of ofTenants.filter(({ method, body }) => method === 'POST' && body)) {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const answer = await send(operation, plans.validBody(operation, SOME_SEED + attempt));
        this.learn(operation, owner, answer);
        if (answer.status < 300) break;
      }
    }
    for (const operation of ofTenants.filter(({ method }) => method === 'GET')) {
      const page = parsed((await send(operation)).text)?.['data'];
      if (!Array.isArray(page)) continue;
      const known = itemsOf(side, operation.path);
      const actors = [...side.people.values()].map(({ id }) => id);
      known.push(...(page as Record<string, unknown>[]).filter((item) => !actors.includes(String(item['id']))));
    }
    for (const [actor, scopes] of [
      ['API key', []],
      ['limited API key', ['user:read']],
    ] as const) {
      const path = '/api/v1/api-keys';
      const headers = { ...owner.headers, 'content-type': 'application/json' };
      const { text } = await this.client.send({
        method: 'POST',
        path,
        headers,
        body: JSON.stringify({ name: actor, scopes }),
      });
      side.apiKeys[actor] = String(parsed(text)?.['key']);
    }
    const { tenant, signer } = side;
    side.refreshToken = await this.#refreshTokenOf('/api/v1/auth/login', {
      tenant: tenant.slug,
      identifier: signer.username,
    });
  }

  async #refreshTokenOf(path: string, who: object): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ ...who, password: PASSWORD });
    const { text } = await this.client.send({ method: 'POST', path, headers, body });
    return String(parsed(text)?.['refreshToken']);
  }
}

async function newSide(make: Factories, admin: pg.Pool): Promise<Side> {
  const marker = `zq${randomBytes(5).toString('hex')}`;
  const tenant = await make.createTenant({ settings: { note: `settings of ${marker}` } });
  const named = (role: string): { username: string; email: string } => ({
    username: `${role}-${marker}`,
    email: `${role}@${marker}.test`,
  });
  const people = new Map<ActorName, TestUser>([['owner', { ...tenant.owner, ...named('owner') }]]);
  await admin.query('UPDATE users SET username = $2, email = $3, bio = $4 WHERE tenant_id = $1', [
    tenant.id,
    ...Object.values(named('owner')),
    `bio of ${marker}`,
  ]);
  for (const role of ['admin', 'manager', 'member', 'viewer'] as const)
    people.set(role, await make.createUser(tenant, { role, ...named(role) }));
  const signer = await make.createUser(tenant, { ...named('signer'), password: PASSWORD });
  await admin.query(
    `INSERT INTO credentials (tenant_id, username, password_hash)
     SELECT c.tenant_id, u.username, c.password_hash FROM credentials c JOIN users u USING (tenant_id)
     WHERE c.tenant_id = $1 AND u.username <> c.username`,
    [tenant.id],
  );
  return { tenant, marker, people, signer, items: new Map(), apiKeys: {}, refreshToken: '' };
}

function itemsOf(side: Side, collection: string): Record<string, unknown>[] {
  let items = side.items.get(collection);
  if (!items) side.items.set(collection, (items = []));
  return items;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
