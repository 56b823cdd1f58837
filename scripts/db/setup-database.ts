import pg from 'pg';
import { withClient, withDatabase } from './connect.ts';
import { ROLES, type RoleName } from './roles.ts';
import { raiseInjectionFloor } from './injection-floor.ts';
import { scramVerifier } from './scram.ts';

const { escapeIdentifier: id, escapeLiteral: literal } = pg;

const DEFAULT_QUERY_TIMEOUT_MS = 10_000;
const WORKER_TIMEOUT_FACTOR = 6;
/** Longer than any interactive transaction may take; ends transactions of processes that hang. */
const IDLE_IN_TRANSACTION_MS = 30_000;

export interface DatabaseSetup {
  /** Name of the database; created if missing. */
  database: string;
  /** Passwords of the roles; a role without one keeps its current password. */
  passwords: Partial<Record<RoleName, string>>;
  /** `statement_timeout` of app and platform; the worker's is six times as long. */
  queryTimeoutMs?: number;
  /** Template database for a missing database. */
  template?: string;
}

export interface SetupReport {
  createdDatabase: boolean;
  /** Actions for which the admin lacked the rights, one sentence each. */
  notes: string[];
}

/**
 * Creates the roles, the database and everything that only an administrator can set. Repeating it changes nothing
 * except the given passwords. Works on PostgreSQL 15 and newer, as superuser or as a role with CREATEROLE and CREATEDB.
 */
export async function setUpDatabase(adminUrl: string, setup: DatabaseSetup): Promise<SetupReport> {
  return withClient(adminUrl, async (admin) => {
    // Roles and databases are shared by the whole cluster: two concurrent setups would update the same rows.
    await admin.query(`SELECT pg_advisory_lock(hashtextextended('tenantry:setup', 0))`);
    const isSuperuser = (await admin.query(`SELECT rolsuper FROM pg_roles WHERE rolname = current_user`)).rows[0]
      .rolsuper;
    for (const role of ROLES) await ensureRole(admin, role, setup.passwords[role]);
    // An administrator who is not a superuser must be a member of a role to act for it; the membership is removed
    // afterwards.
    if (!isSuperuser) await admin.query(`GRANT tenantry_owner, tenantry_worker TO CURRENT_USER`);
    try {
      const createdDatabase = await ensureDatabase(admin, setup);
      await setDatabaseLevel(admin, setup);
      const notes = await withClient(withDatabase(adminUrl, setup.database), async (inside) => {
        await setSchemas(inside, isSuperuser);
        return raiseInjectionFloor(inside);
      });
      return { createdDatabase, notes };
    } finally {
      if (!isSuperuser) await admin.query(`REVOKE tenantry_owner, tenantry_worker FROM CURRENT_USER`);
    }
  });
}

async function ensureRole(admin: pg.Client, role: RoleName, password: string | undefined): Promise<void> {
  const { rows } = await admin.query(
    `SELECT rolcanlogin AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication OR rolinherit) AS fine
       FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  if (rows.length === 0) {
    await admin.query(
      `CREATE ROLE ${id(role)} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT`,
    );
  } else if (!rows[0].fine) {
    await admin.query(
      `ALTER ROLE ${id(role)} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT`,
    );
  }
  if (password === undefined) return;
  const stored = /^[\x20-\x7e]+$/.test(password) ? scramVerifier(password) : password;
  await admin.query(`ALTER ROLE ${id(role)} PASSWORD ${literal(stored)}`);
}

async function ensureDatabase(admin: pg.Client, { database, template }: DatabaseSetup): Promise<boolean> {
  const { rowCount } = await admin.query(`SELECT FROM pg_database WHERE datname = $1`, [database]);
  if (rowCount) return false;
  const copyOf = template ? ` TEMPLATE ${id(template)}` : '';
  await admin.query(`CREATE DATABASE ${id(database)} OWNER tenantry_owner${copyOf}`);
  return true;
}

/** Sets database properties that PostgreSQL stores outside the database, which a copy by TEMPLATE therefore lacks. */
async function setDatabaseLevel(admin: pg.Client, { database, queryTimeoutMs }: DatabaseSetup): Promise<void> {
  const name = id(database);
  await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${ROLES.join(', ')}`);
  const statement = queryTimeoutMs ?? DEFAULT_QUERY_TIMEOUT_MS;
  const timeouts: [RoleName, number][] = [
    ['tenantry_app', statement],
    ['tenantry_platform', statement],
    ['tenantry_worker', statement * WORKER_TIMEOUT_FACTOR],
  ];
  for (const [role, timeout] of timeouts) {
    const settings = {
      statement_timeout: timeout,
      // A wait for a lock times out before the statement does, for a clearer error.
      lock_timeout: Math.ceil(timeout / 2),
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    };
    for (const [setting, value] of Object.entries(settings)) {
      await admin.query(`ALTER ROLE ${role} IN DATABASE ${name} SET ${setting} = ${value}`);
    }
  }
}

async function setSchemas(admin: pg.Client, isSuperuser: boolean): Promise<void> {
  // The schema public belongs to the owner of the database. Up to PostgreSQL 15 that right is not inherited from an
  // owner that is NOINHERIT, so an administrator who is not a superuser has to assume the role.
  if (!isSuperuser) await admin.query(`SET ROLE pg_database_owner`);
  await admin.query(`REVOKE ALL ON SCHEMA public FROM PUBLIC`);
  await admin.query(`GRANT USAGE, CREATE ON SCHEMA public TO tenantry_owner`);
  await admin.query(`GRANT USAGE ON SCHEMA public TO tenantry_app, tenantry_platform`);
  await admin.query(`RESET ROLE`);
  await admin.query(`CREATE SCHEMA IF NOT EXISTS jobs AUTHORIZATION tenantry_worker`);
}
