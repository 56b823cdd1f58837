import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../prisma/platform-prisma.service.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import type { AccessClaims } from './access-tokens.js';
import type { Actor } from '../identity/actor.js';
import type { Identity } from './identity.js';
import { permissionSetOfPlatform, permissionSetOfRole, permissionsForKeysOf } from '../identity/permissions.js';
import type { Role } from '../identity/roles.js';
import type { UserStanding } from './user-standing.js';
import { databaseClock } from '../time/database-clock.js';

interface UserRow {
  tenantStatus: string;
  role: Role;
  userStatus: string;
}

interface SessionRow extends UserRow {
  /** Null if the sign-in was revoked or is unknown. */
  expiresAt: Date | null;
}

interface ApiKeyRow extends UserRow {
  id: string;
  userId: string;
  scopes: string[];
  expiresAt: Date | null;
}

/** Loads credentials and users, each in one statement inside its own tenant; row-level security hides all others. */
@Injectable()
export class IdentityReadModel {
  constructor(
    private readonly prisma: PrismaService,
    private readonly platform: PlatformPrismaService,
    private readonly tenant: TenantContext,
  ) {}

  /**
   * Never returns null: the token was issued here, so it is worth caching that it is no longer valid. The user is
   * compared in a FILTER so that the planner looks up this session rather than all sessions of the user.
   */
  async ofSession(tenantId: string, { subject, sessionId }: AccessClaims): Promise<Identity> {
    const [row] = await this.tenant.run(
      { tenantId, source: 'token' },
      () => this.prisma.$queryRaw<SessionRow[]>`
        SELECT u.role, u.status AS "userStatus", t.status AS "tenantStatus",
               (SELECT max(s.expires_at) FILTER (WHERE s.user_id = u.id) FROM sessions s
                WHERE s.family_id = ${sessionId}::uuid AND s.revoked_at IS NULL AND s.replaced_at IS NULL) AS "expiresAt"
        FROM users u JOIN tenants t ON t.id = u.tenant_id
        WHERE u.id = ${subject}::uuid`,
    );
    const expiresAt = row?.expiresAt?.getTime() ?? Infinity;
    const isAlive = row?.userStatus === 'ACTIVE' && row.expiresAt !== null && expiresAt > databaseClock.nowMs();
    const actor: Actor | null = isAlive
      ? { kind: 'user', id: subject, role: row.role, permissions: permissionSetOfRole(row.role), sessionId }
      : null;
    return {
      tenantId,
      tenantStatus: row?.tenantStatus ?? null,
      subjectId: subject,
      credentialId: sessionId,
      actor: actor && Object.freeze(actor),
      expiresAt,
    };
  }

  /** Returns null for an unknown or revoked key; these are not cached, since anyone can make up such keys. */
  async ofApiKey(tenantId: string, secretHash: string): Promise<Identity | null> {
    const [row] = await this.tenant.run(
      { tenantId, source: 'api_key' },
      () => this.prisma.$queryRaw<ApiKeyRow[]>`
        SELECT k.id, k.user_id AS "userId", k.scopes, k.expires_at AS "expiresAt",
               u.role, u.status AS "userStatus", t.status AS "tenantStatus"
        FROM api_keys k
        JOIN users u ON u.tenant_id = k.tenant_id AND u.id = k.user_id
        JOIN tenants t ON t.id = k.tenant_id
        WHERE k.secret_hash = ${secretHash} AND k.revoked_at IS NULL`,
    );
    if (!row) return null;
    const expiresAt = row.expiresAt?.getTime() ?? Infinity;
    const isAlive = row.userStatus === 'ACTIVE' && expiresAt > databaseClock.nowMs();
    const actor: Actor | null = isAlive
      ? { kind: 'api_key', id: row.userId, role: row.role, permissions: permissionsOfKey(row), apiKeyId: row.id }
      : null;
    return {
      tenantId,
      tenantStatus: row.tenantStatus,
      subjectId: row.userId,
      credentialId: row.id,
      actor: actor && Object.freeze(actor),
      expiresAt,
    };
  }

  async ofUser(tenantId: string, userId: string): Promise<UserStanding> {
    const [row] = await this.tenant.run(
      { tenantId, source: 'system' },
      () => this.prisma.$queryRaw<{ tenantStatus: string; role: Role | null }[]>`
        SELECT t.status AS "tenantStatus", u.role
        FROM tenants t LEFT JOIN users u ON u.tenant_id = t.id AND u.id = ${userId}::uuid AND u.status = 'ACTIVE'
        WHERE t.id = ${tenantId}::uuid`,
    );
    return Object.freeze({ tenantId, tenantStatus: row?.tenantStatus ?? null, userId, role: row?.role ?? null });
  }

  /** The actor has the permissions that a platform admin has outside any tenant. */
  async ofPlatformSession({ subject, sessionId }: AccessClaims): Promise<Identity> {
    const [row] = await this.platform.$queryRaw<{ expiresAt: Date | null }[]>`
      SELECT max(s.expires_at) AS "expiresAt" FROM platform_sessions s
      WHERE s.family_id = ${sessionId}::uuid AND s.admin_id = ${subject}::uuid
        AND s.revoked_at IS NULL AND s.replaced_at IS NULL`;
    const expiresAt = row?.expiresAt?.getTime() ?? Infinity;
    const actor: Actor = {
      kind: 'platform',
      id: subject,
      role: 'owner',
      permissions: permissionSetOfPlatform(false),
      sessionId,
    };
    return {
      tenantId: null,
      tenantStatus: null,
      subjectId: subject,
      credentialId: sessionId,
      actor: row?.expiresAt && expiresAt > databaseClock.nowMs() ? Object.freeze(actor) : null,
      expiresAt,
    };
  }
}

/** Limits a key to what its user may do now, whatever scopes it was created with. */
function permissionsOfKey({ role, scopes }: ApiKeyRow): ReadonlySet<string> {
  const possible = permissionsForKeysOf(role);
  return new Set(scopes.length === 0 ? possible : possible.filter((name) => scopes.includes(name)));
}
