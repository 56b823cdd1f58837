import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { AccessTokens } from '../../../src/common/auth/access-tokens.js';
import { PasswordHasher } from '../../../src/common/auth/password-hasher.js';
import type { Role } from '../../../src/common/identity/roles.js';
import { PrismaService } from '../../../src/common/prisma/prisma.service.js';
import type { UserStatus } from '../../../src/modules/users/users.types.js';
import type { InTenant } from '../factories.js';
import { sessionData } from '../session-data.js';
import { uniqueName } from '../unique-name.js';
import type { TestTenant } from './tenants.js';

export interface TestUser {
  readonly id: string;
  readonly tenantId: string;
  readonly username: string;
  readonly email: string;
  readonly role: Role;
}

export interface UserOptions {
  role?: Role;
  status?: UserStatus;
  username?: string;
  email?: string;
  /** Costs a real argon2 hash; without one the user cannot sign in, but `tokenFor` works. */
  password?: string;
}

export interface UserFactories {
  /** An ACTIVE member unless said otherwise. */
  createUser(tenant: Pick<TestTenant, 'id'>, options?: UserOptions): Promise<TestUser>;
  /** An access token of a new sign-in of the user. */
  tokenFor(user: Pick<TestUser, 'id' | 'tenantId'>): Promise<string>;
}

export function userFactories(app: INestApplicationContext, inTenant: InTenant['inTenant']): UserFactories {
  const prisma = app.get(PrismaService);
  const tokens = app.get(AccessTokens);

  const createUser: UserFactories['createUser'] = async (tenant, options = {}) => {
    const { role = 'member', status = 'ACTIVE', username = uniqueName(role), password } = options;
    const email = options.email ?? `${username}@example.test`;
    const passwordHash = password === undefined ? undefined : await app.get(PasswordHasher).hash(password);
    return inTenant(tenant, async () => {
      const { id } = await prisma.user.create({ data: { username, email, role, status }, select: { id: true } });
      if (passwordHash) await prisma.credential.createMany({ data: { username, passwordHash } });
      return { id, tenantId: tenant.id, username, email, role };
    });
  };

  const tokenFor: UserFactories['tokenFor'] = async ({ id, tenantId }) => {
    const sessionId = randomUUID();
    const data = { ...sessionData(sessionId), userId: id };
    await inTenant({ id: tenantId }, () => prisma.session.createMany({ data }));
    return (await tokens.sign({ subject: id, tenantId, sessionId })).token;
  };

  return { createUser, tokenFor };
}
