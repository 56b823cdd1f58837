import { createHmac } from 'node:crypto';
import { describeUrl, OperatorError, withClient, withLogin } from '../../scripts/db/connect.ts';
import { ROLES, type RoleName } from '../../scripts/db/roles.ts';

export type RolePasswords = Record<RoleName, string>;

/** The server that tests use, as the global set-up hands it to the workers through the environment. */
export interface TestServer {
  /** Superuser or another role with CREATEDB and CREATEROLE. */
  adminUrl: string;
  passwords: RolePasswords;
  /** Template of every test database: set up and migrated. */
  template: string;
  /** Names this run in the names of its databases. */
  run: string;
}

export function testServer(): TestServer {
  const value = process.env['TEST_SERVER'];
  if (!value) throw new Error('TEST_SERVER is not set: was test/support/global-setup.ts not run?');
  return JSON.parse(value) as TestServer;
}

/**
 * Passwords of the four roles on a server that is not ours: always the same for the same admin, so that runs at the same
 * time do not lock each other out, or TEST_ROLE_PASSWORDS (JSON, by role) where the roles are already in use.
 */
export async function passwordsOn(adminUrl: string): Promise<RolePasswords> {
  const given = process.env['TEST_ROLE_PASSWORDS'];
  if (given) return JSON.parse(given) as RolePasswords;
  const derive = (role: string): string =>
    createHmac('sha256', new URL(adminUrl).password).update(`tenantry-test:${role}`).digest('base64url');
  const passwords = Object.fromEntries(ROLES.map((role) => [role, derive(role)])) as RolePasswords;
  await refuseForeignRoles(adminUrl, passwords);
  return passwords;
}

/** Roles belong to the whole server: giving them other passwords would break whatever uses them. */
async function refuseForeignRoles(adminUrl: string, passwords: RolePasswords): Promise<void> {
  const present = await withClient(adminUrl, async (admin) => {
    const query = 'SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)';
    const { rows } = await admin.query<{ rolname: RoleName }>(query, [[...ROLES]]);
    return rows.map((row) => row.rolname);
  });
  for (const role of present) {
    if (await acceptsPassword(withLogin(adminUrl, role, passwords[role], 'postgres'))) continue;
    throw new OperatorError(
      `${describeUrl(adminUrl)} has a role ${role} with a password that the tests do not know. ` +
        'Give TEST_ROLE_PASSWORDS (JSON: password by role), or another server.',
    );
  }
}

async function acceptsPassword(url: string): Promise<boolean> {
  try {
    await withClient(url, async () => undefined);
    return true;
  } catch (error) {
    // Invalid password. Any other refusal, such as a missing right to connect, comes after the password was accepted.
    const { code } = (error as Error).cause as { code?: string };
    if (code === '28P01') return false;
    if (code === '42501') return true;
    throw error;
  }
}
