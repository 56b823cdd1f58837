import { type INestApplicationContext } from '@nestjs/common';
import type { Response } from 'supertest';
import type { Role } from '../../src/common/identity/roles.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import type { ContractWorld } from './contract.js';
import { type Factories, factories } from './factories.js';
import type { TestTenant } from './factories/tenants.js';
import type { TestUser, UserOptions } from './factories/users.js';
import type { TestApp } from './test-app.js';

type Headers = Record<string, string>;

/** Somebody who sends requests, to paths below `/api/v1`. */
export interface Person {
  get(path: string, headers?: Headers): Promise<Response>;
  post(path: string, body?: object, headers?: Headers): Promise<Response>;
  patch(path: string, body: object, headers?: Headers): Promise<Response>;
  delete(path: string, headers?: Headers): Promise<Response>;
}

/** A tenant under test with somebody of every role in it, and another tenant that must never notice. */
export class TenantWorld implements ContractWorld {
  readonly http: TestApp['http'];
  readonly #app: INestApplicationContext;
  #platform?: Promise<string>;
  readonly #people = new Map<string, Promise<{ user: TestUser; token: string }>>();

  private constructor(
    { app, http }: TestApp,
    readonly make: Factories,
    readonly tenant: TestTenant,
    readonly other: TestTenant,
  ) {
    this.http = http;
    this.#app = app;
  }

  static async create(test: TestApp): Promise<TenantWorld> {
    const make = factories(test.app);
    const [tenant, other] = await Promise.all([make.createTenant(), make.createTenant()]);
    return new TenantWorld(test, make, tenant, other);
  }

  /** The tenant's person of that role: always the same one. */
  as(role: Role, tenant = this.tenant): Person {
    return this.#person(async () => (await this.#personOf(role, tenant)).token);
  }

  async idOf(role: Role, tenant = this.tenant): Promise<string> {
    return (await this.#personOf(role, tenant)).user.id;
  }

  async tokenOf(role: Role): Promise<string> {
    return (await this.#personOf(role, this.tenant)).token;
  }

  /** Always of the same platform admin. */
  platformToken(): Promise<string> {
    return (this.#platform ??= this.make.platformToken());
  }

  /** Somebody new and signed in. */
  async newPerson(options: UserOptions = {}, tenant = this.tenant): Promise<Person & { user: TestUser }> {
    const user = await this.make.createUser(tenant, options);
    const token = await this.make.tokenFor(user);
    return { user, ...this.bearer(token) };
  }

  /** Whoever the access token belongs to. */
  bearer(token: string): Person {
    return this.#person(async () => token);
  }

  /** Somebody without a credential. */
  nobody(): Person {
    return this.#person(async () => undefined);
  }

  signIn(identifier: string, password: string, tenant = this.tenant): Promise<Response> {
    return this.nobody().post('/auth/login', { tenant: tenant.slug, identifier, password });
  }

  /** What the tenant's audit log holds about a thing, oldest first. */
  auditOf(targetId: string, tenant = this.tenant): Promise<AuditEntry[]> {
    const select = { action: true, actorKind: true, actorId: true, details: true };
    return this.make.inTenant(tenant, () =>
      this.#app.get(PrismaService).auditEntry.findMany({ where: { targetId }, select, orderBy: { id: 'asc' } }),
    );
  }

  #personOf(role: Role, tenant: TestTenant): Promise<{ user: TestUser; token: string }> {
    const key = `${tenant.id} ${role}`;
    const known = this.#people.get(key) ?? this.#newcomer(role, tenant);
    this.#people.set(key, known);
    return known;
  }

  async #newcomer(role: Role, tenant: TestTenant): Promise<{ user: TestUser; token: string }> {
    const user = role === 'owner' ? tenant.owner : await this.make.createUser(tenant, { role });
    return { user, token: await this.make.tokenFor(user) };
  }

  #person(token: () => Promise<string | undefined>): Person {
    const send = async (method: 'get' | 'post' | 'patch' | 'delete', path: string, headers = {}, body?: object) => {
      const bearer = await token();
      const request = this.http[method](`/api/v1${path}`).set(headers);
      if (bearer !== undefined) request.set('Authorization', `Bearer ${bearer}`);
      return body === undefined ? await request : await request.send(body);
    };
    return {
      get: (path, headers) => send('get', path, headers),
      post: (path, body, headers) => send('post', path, headers, body),
      patch: (path, body, headers) => send('patch', path, headers, body),
      delete: (path, headers) => send('delete', path, headers),
    };
  }
}

export interface AuditEntry {
  action: string;
  actorKind: string;
  actorId: string | null;
  details: unknown;
}
