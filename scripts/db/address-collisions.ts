import type { Client } from 'pg';
import { withClient } from './connect.ts';

/** Accounts stored under several spellings of one address; `tenant` is null for platform admins. */
export interface AddressCollision {
  tenant: string | null;
  /** The normalized spelling. */
  address: string;
  accounts: { id: string; email: string }[];
}

interface Account {
  id: string;
  email: string;
}

/** Only these addresses can have several spellings: plain ASCII addresses have one. */
const ODD = `email ~ '[^[:ascii:]]' OR email LIKE '%xn--%'`;

/**
 * Returns collisions among accounts that were created before addresses were normalized. Such accounts keep working,
 * each with its own spelling, until all but one are changed or removed.
 * @param ownerUrl URL of the tables' owner, who also sees only one tenant at a time.
 * @param normalize `normalizeEmail` of the application.
 */
export function findAddressCollisions(
  ownerUrl: string,
  normalize: (email: string) => string | undefined,
): Promise<AddressCollision[]> {
  return withClient(ownerUrl, async (client) => {
    const { rows: tenants } = await client.query<{ id: string; slug: string }>(
      'SELECT id, slug FROM tenants ORDER BY slug',
    );
    const found = collisionsIn(null, await oddAccounts(client, 'platform_admins', normalize), normalize);
    for (const { id, slug } of tenants) {
      await client.query('BEGIN READ ONLY');
      await client.query(`SET LOCAL app.tenant_id = '${id}'`);
      found.push(...collisionsIn(slug, await oddAccounts(client, 'users', normalize), normalize));
      await client.query('COMMIT');
    }
    return found;
  });
}

/** Returns accounts whose spelling may differ, and the plain ones that they may collide with. */
async function oddAccounts(
  client: Client,
  table: 'users' | 'platform_admins',
  normalize: (email: string) => string | undefined,
): Promise<Account[]> {
  const { rows: odd } = await client.query<Account>(`SELECT id, email FROM ${table} WHERE ${ODD}`);
  if (odd.length === 0) return [];
  const addresses = odd.map(({ email }) => normalize(email) ?? email);
  const { rows: plain } = await client.query<Account>(
    `SELECT id, email FROM ${table} WHERE email = ANY ($1) AND NOT (${ODD})`,
    [addresses],
  );
  return [...odd, ...plain];
}

function collisionsIn(
  tenant: string | null,
  accounts: Account[],
  normalize: (email: string) => string | undefined,
): AddressCollision[] {
  const byAddress = Map.groupBy(accounts, ({ email }) => normalize(email) ?? email);
  return [...byAddress]
    .filter(([, sharing]) => sharing.length > 1)
    .map(([address, sharing]) => ({ tenant, address, accounts: sharing }));
}
