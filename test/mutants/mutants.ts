/** One defence broken: in `file`, `from` (which must be there, once or more) becomes `to`. */
export interface Mutant {
  name: string;
  file: string;
  from: string;
  to: string;
}

const TENANCY_SQL = 'prisma/migrations/20261120000000_tenancy/migration.sql';
const TABLES_SQL = 'prisma/migrations/20261120000100_tenants_and_users/migration.sql';
const DELETION_SQL = 'prisma/migrations/20261120040000_tenant_deletion_in_batches/migration.sql';
const CONNECTIONS = 'src/common/prisma/adapter/connections.ts';
const TRANSACTION = 'src/common/prisma/adapter/tenant-transaction.ts';
const CONTEXT = 'src/common/tenancy/tenant-context.ts';
const STARTUP = 'src/common/prisma/boot/tenancy-check.ts';

const FLOOR = 'CREATE POLICY tenant_isolation ON %s AS RESTRICTIVE FOR ALL TO PUBLIC';

/** Every defence of the tenancy layer, broken one at a time. The isolation suite must notice each. */
export const MUTANTS: Mutant[] = [
  // The database.
  {
    name: 'row level security is not enabled',
    file: TENANCY_SQL,
    from: `'ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target`,
    to: `'ALTER TABLE %s FORCE ROW LEVEL SECURITY', target`,
  },
  {
    name: 'row level security is not forced',
    file: TENANCY_SQL,
    from: `'ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target`,
    to: `'ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target`,
  },
  {
    name: 'the floor lets everything be read',
    file: TENANCY_SQL,
    from: `USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', target);`,
    to: `USING (true) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', target);`,
  },
  {
    name: 'the floor lets everything be written',
    file: TENANCY_SQL,
    from: `USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', target);`,
    to: `USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (true)', target);`,
  },
  { name: 'the floor is permissive', file: TENANCY_SQL, from: FLOOR, to: FLOOR.replace('RESTRICTIVE', 'PERMISSIVE') },
  {
    name: 'the floor binds one role only',
    file: TENANCY_SQL,
    from: FLOOR,
    to: FLOOR.replace('PUBLIC', 'tenantry_app'),
  },
  {
    name: 'one table lost its floor',
    file: TABLES_SQL,
    from: `SELECT app.protect_table('api_keys');`,
    to: `SELECT app.protect_table('api_keys'); DROP POLICY tenant_isolation ON api_keys;`,
  },
  {
    name: 'one table was never protected',
    file: TABLES_SQL,
    from: `SELECT app.protect_table('invitations');`,
    to: 'GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO tenantry_app, tenantry_platform;',
  },
  {
    name: 'an append-only table may be changed',
    file: TABLES_SQL,
    from: `SELECT app.protect_table('audit_log', 'SELECT, INSERT');`,
    to: `SELECT app.protect_table('audit_log'); REVOKE DELETE ON audit_log FROM tenantry_app;`,
  },
  {
    name: 'rows of a living tenant may be deleted for good',
    file: DELETION_SQL,
    from: `t.id = tenant AND t.status = 'PENDING_DELETION'`,
    to: `t.id = tenant OR t.status = 'PENDING_DELETION'`,
  },
  {
    name: 'a begun deletion may be taken back',
    file: DELETION_SQL,
    from: `WHEN (OLD."deletion_started_at" IS NOT NULL AND`,
    to: 'WHEN (false AND',
  },
  {
    name: 'tables may be truncated',
    file: TENANCY_SQL,
    from: `DEFAULT 'SELECT, INSERT, UPDATE, DELETE'`,
    to: `DEFAULT 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE'`,
  },
  {
    name: 'the tenant has no default',
    file: TENANCY_SQL,
    from: `ALTER tenant_id SET DEFAULT app.tenant_id(), ALTER tenant_id SET NOT NULL`,
    to: 'ALTER tenant_id DROP DEFAULT, ALTER tenant_id SET NOT NULL',
  },
  {
    name: 'another tenant may be entered',
    file: TENANCY_SQL,
    from: `IF entered IS NULL OR entered = '' THEN`,
    to: 'IF true THEN',
  },
  {
    name: 'the tenant is entered for the session',
    file: TENANCY_SQL,
    from: `set_config('app.tenant_id', tenant::uuid::text, true)`,
    to: `set_config('app.tenant_id', tenant::uuid::text, false)`,
  },
  {
    name: 'a foreign key is gone',
    file: TABLES_SQL,
    from: 'ALTER TABLE "sessions" ADD CONSTRAINT "sessions_tenant_id_user_id_fkey"',
    to: 'ALTER TABLE "sessions" DROP CONSTRAINT IF EXISTS "sessions_tenant_id_user_id_fkey"; --',
  },
  {
    name: 'a unique index spans tenants',
    file: TABLES_SQL,
    from: 'ON "users"("tenant_id", "email")',
    to: 'ON "users"("email")',
  },
  {
    name: 'tenants see the registry',
    file: TABLES_SQL,
    from: 'CREATE POLICY own_tenant ON "tenants" FOR SELECT TO tenantry_app USING ("id" = (SELECT app.tenant_id()))',
    to: 'CREATE POLICY own_tenant ON "tenants" FOR SELECT TO tenantry_app USING (true)',
  },
  {
    name: 'set_config stays executable',
    file: 'scripts/db/injection-floor.ts',
    from: 'REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC',
    to: 'GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC',
  },
  // The driver adapter.
  {
    name: 'no tenant is entered before a query',
    file: CONNECTIONS,
    from: 'new Submission(statements, tenantId,',
    to: 'new Submission(statements, undefined,',
  },
  {
    name: 'the tenant is remembered, not passed',
    file: CONNECTIONS,
    from: 'client = await this.acquire(tenantId);',
    to: '(this as { last?: string }).last = tenantId;\n      client = await this.acquire(tenantId);\n      tenantId = (this as { last?: string }).last;',
  },
  {
    name: 'reads of different tenants share a submission',
    file: CONNECTIONS,
    from: 'batch.scope !== scope',
    to: 'batch.scope === undefined',
  },
  {
    name: 'no tenant is entered in a transaction',
    file: TRANSACTION,
    from: "const enter = tenantId === undefined ? ''",
    to: "const enter = tenantId !== undefined ? ''",
  },
  {
    name: 'a transaction takes queries of other tenants',
    file: TRANSACTION,
    from: 'if (this.tenantOf()?.tenantId !== this.tenantId) throw new TenantSwitchError();',
    to: '',
  },
  {
    name: 'the answer to COMMIT is not read',
    file: TRANSACTION,
    from: "if (command !== 'COMMIT') throw new TransactionAbortedError();",
    to: 'void command;',
  },
  {
    name: 'dirty connections go back to the pool',
    file: CONNECTIONS,
    from: 'const usable = idle && activeQueryOf(client) === undefined &&',
    to: 'const usable = activeQueryOf(client) === undefined &&',
  },
  {
    name: 'unknown statements are not prepared anew',
    file: CONNECTIONS,
    from: 'if (!allDone) await this.#runAnew',
    to: 'if (!allDone && !client) await this.#runAnew',
  },
  {
    name: 'a second statement may follow a query',
    file: 'src/common/prisma/adapter/submission.ts',
    from: `for (const statement of this.statements) statement.send(wire);`,
    to: `if (!this.tenantId) return void (connection as unknown as { query(text: string): void }).query(this.text);\n      for (const statement of this.statements) statement.send(wire);`,
  },
  {
    name: 'prepared statements are not bounded',
    file: 'src/common/prisma/adapter/statement-cache.ts',
    from: 'if (order.size <= STATEMENTS_PER_CONNECTION) return statement;',
    to: 'if (order.size > 0) return statement;',
  },
  {
    name: 'one tenant may take all connections',
    file: 'src/common/prisma/adapter/tenant-gate.ts',
    from: 'if (lane.waiting.length > 0 || lane.active >= this.#bound(tenantId, lane)) return this.#wait(tenantId, lane);',
    to: 'if (lane.active < 0) return this.#wait(tenantId, lane);',
  },
  // Prisma’s DataLoader.
  {
    name: 'Prisma’s DataLoader is not guarded',
    file: 'src/common/prisma/prisma.service.ts',
    from: 'guardDataLoader(this, true);',
    to: 'void guardDataLoader;',
  },
  {
    name: 'one DataLoader for all contexts',
    file: 'src/common/prisma/adapter/dataloader-guard.ts',
    from: 'const store: object = cls.get();',
    to: 'const store: object = loaders;',
  },
  // The context.
  {
    name: 'without a tenant there is none, but no error',
    file: 'src/common/prisma/prisma.service.ts',
    from: 'if (!scope) throw new TenantContextMissingError();\n  return scope;',
    to: 'return scope as TenantScope;',
  },
  { name: 'run does not await inside', file: CONTEXT, from: 'async () => await fn()', to: 'fn as () => Promise<T>' },
  {
    name: 'another tenant inherits the transaction',
    file: CONTEXT,
    from: 'if (outside && outside.tenantId !== frozen.tenantId) delete',
    to: 'if (outside === null) delete',
  },
  {
    name: 'the scope can be changed',
    file: CONTEXT,
    from: 'Object.freeze({ tenantId: scope.tenantId.toLowerCase(), source: scope.source })',
    to: '{ tenantId: scope.tenantId.toLowerCase(), source: scope.source }',
  },
  {
    name: 'any text is taken for a tenant id',
    file: CONTEXT,
    from: "if (!isUuid(scope.tenantId)) throw new TypeError('A tenant id must be a UUID.');",
    to: 'void isUuid;',
  },
  // The start.
  { name: 'start does not test for leaks', file: STARTUP, from: 'if (leaks.length > 0)', to: 'if (leaks.length < 0)' },
  { name: 'start takes any role', file: STARTUP, from: '...app.problems, ...platform.problems, ', to: '' },
  { name: 'start takes unprotected tables', file: STARTUP, from: ', ...(await this.#unprotectedTables())', to: '' },
  { name: 'start takes an old schema', file: STARTUP, from: 'if (!state.ok)', to: 'if (state.ok === null)' },
];
