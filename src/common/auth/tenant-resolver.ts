import { Injectable } from '@nestjs/common';
import { ChangeAwareCache } from '../changes/change-aware-cache.js';
import { IdentityListener } from '../changes/identity-listener.js';
import { PrismaService } from '../prisma/prisma.service.js';
import { isUuid } from '../tenancy/is-uuid.js';

/** A name of a tenant. `value` is compared in lower case. */
export interface TenantName {
  readonly kind: 'id' | 'slug' | 'domain';
  readonly value: string;
}

export interface ResolvedTenant {
  readonly id: string;
  /** PROVISIONING | ACTIVE | SUSPENDED | PENDING_DELETION */
  readonly status: string;
}

interface Answer {
  readonly tenant: ResolvedTenant | null;
}

/**
 * Valid characters of ids, slugs and domains. Anyone can send other text, which must reach neither the cache nor the
 * database.
 */
const NAME = /^[a-z0-9][a-z0-9.-]{0,252}$/;
const MAX_NAMES = 10_000;
const TTL_MS = 300_000;

/** Domains contain a dot and slugs do not, so the form of a name determines its kind. */
export function tenantNameOf(value: string): TenantName {
  const kind = isUuid(value as unknown) ? 'id' : value.includes('.') ? 'domain' : 'slug';
  return { kind, value };
}

/**
 * Finds tenants before the caller is identified, through a database function that returns only id and status. Results,
 * including missing tenants, are cached while change notifications are received.
 */
@Injectable()
export class TenantResolver {
  private readonly answers: ChangeAwareCache<Answer>;

  constructor(
    private readonly prisma: PrismaService,
    listener: IdentityListener,
  ) {
    this.answers = new ChangeAwareCache(listener, { max: MAX_NAMES, ttlMs: () => TTL_MS });
    listener.subscribe({
      onChange: ({ kind, id }) => {
        if (kind === 'tenant') this.forget(id);
      },
      onGap: () => this.answers.clear(),
    });
  }

  /** Returns the tenant, whatever its status, or null. */
  async resolve({ kind, value }: TenantName): Promise<ResolvedTenant | null> {
    const name = value.toLowerCase();
    if (!NAME.test(name)) return null;
    return (await this.answers.get(`${kind}:${name}`, () => this.ask(kind, name))).tenant;
  }

  /** Call after a tenant was created, deleted, or changed its status, slug or domain. */
  forget(tenantId: string): void {
    // A name that had no tenant may belong to this one now.
    this.answers.forgetWhere(({ tenant }) => tenant === null || tenant.id === tenantId);
  }

  private async ask(kind: string, value: string): Promise<Answer> {
    const { rows } = await this.prisma.pool.query<ResolvedTenant>('SELECT id, status FROM app.resolve_tenant($1, $2)', [
      kind,
      value,
    ]);
    return { tenant: rows[0] ?? null };
  }
}
