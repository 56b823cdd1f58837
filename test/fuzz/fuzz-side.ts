import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Factories } from '../support/factories.js';
import type { TestTenant } from '../support/factories/tenants.js';
import type { TestUser } from '../support/factories/users.js';
import type { Item } from './furniture.js';
import type { ActorName } from './request-plans.js';

/** Of everybody who is made here. */
export const PASSWORD = 'correct horse battery';

/** One of the two tenants that share a database and must not notice each other. */
export interface Side {
  tenant: TestTenant;
  /** Stands in this tenant's data, and in no other's. */
  marker: string;
  people: Map<ActorName, TestUser>;
  /** Somebody with a password, who is no actor: signing in and out changes nobody's requests. */
  signer: TestUser;
  /** People who are no actors either: requests may change and dismiss them. */
  staff: TestUser[];
  /** Items of each collection, as its list shows them. */
  items: Map<string, Item[]>;
  apiKeys: Partial<Record<ActorName, string>>;
  refreshToken: string;
}

/** A tenant with people of every role. */
export async function newSide(make: Factories, admin: pg.Pool): Promise<Side> {
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
  const staff = await Promise.all([
    make.createUser(tenant, named('first')),
    make.createUser(tenant, named('second')),
    make.createUser(tenant, { ...named('suspended'), status: 'SUSPENDED' }),
  ]);
  const signer = await make.createUser(tenant, { ...named('signer'), password: PASSWORD });
  await admin.query(
    `INSERT INTO credentials (tenant_id, username, password_hash)
     SELECT c.tenant_id, u.username, c.password_hash FROM credentials c JOIN users u USING (tenant_id)
     WHERE c.tenant_id = $1 AND u.username <> c.username`,
    [tenant.id],
  );
  return { tenant, marker, people, signer, staff, items: new Map(), apiKeys: {}, refreshToken: '' };
}

export function itemsOf(side: Side, collection: string): Item[] {
  let items = side.items.get(collection);
  if (!items) side.items.set(collection, (items = []));
  return items;
}
