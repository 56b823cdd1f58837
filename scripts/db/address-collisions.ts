import type { Client } from 'pg';
import { withClient } from './connect.ts';

/** Accounts that are stored under several spellings of one address; `tenant` is null for platform admins. */
export interface AddressCollision {
  tenant: string | null;
  /** The one spelling. */
  address: string;
  accounts: { id: string; email: string }[];
}

interface Account {
  id: string;
  email: string;
}

/** Only these may be spelled otherwise: what is plain has one spelling. */
const ODD = `email ~ '[^[:ascii:]]' OR email LIKE '%xn--%'`;

/**
 * Everything that address folding has found too late: accounts from before addresses had one spelling. They go on working, each by
 * its own spelling, until somebody changes or removes all but one.
 * @param ownerUrl of the tables' owner, who sees one tenant at a time, too.
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

/** Oddly spelled accounts, and the plain ones that they may collide with. */
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
