import { Injectable } from '@nestjs/common';
import type { Role } from '../../common/identity/roles.js';
import type { JsonObject } from '../../common/json/json-object.js';
import { withoutLargeValues } from '../../common/dbal/listed-values.js';
import { paginate } from '../../common/dbal/paginate.js';
import { searchPage } from '../../common/dbal/search-page.repository.js';
import { asText, equalTo } from '../../common/prisma/conditions.js';
import { constraintErrors } from '../../common/prisma/constraint-errors.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import { escapeLike } from '../../common/prisma/text-search.js';
import { emailSpellings } from '../../common/values/email-address.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { emailTaken, ownerExists, usernameTaken } from './users.errors.js';
import type { ListedUser, NewUser, User, UserChanges, UserFilter, UserOrder, UserStatus } from './users.types.js';
import { databaseNow } from '../../common/time/database-clock.js';

const COLUMNS = {
  id: true,
  username: true,
  email: true,
  firstName: true,
  lastName: true,
  displayName: true,
  avatarUrl: true,
  bio: true,
  role: true,
  status: true,
  timezone: true,
  locale: true,
  lastLoginAt: true,
  version: true,
  createdAt: true,
  updatedAt: true,
  preferences: true,
} satisfies Prisma.UserSelect;

type UserRow = Prisma.UserGetPayload<{ select: typeof COLUMNS }>;

const namingConflicts = constraintErrors({
  users_tenant_id_email_key: emailTaken,
  users_tenant_id_username_key: usernameTaken,
  users_one_owner: ownerExists,
});

@Injectable()
export class UsersRepository {
  constructor(private readonly prisma: PrismaService) {}

  findPage(
    filter: UserFilter,
    window: { skip: number; take: number; orderBy: UserOrder },
  ): Promise<{ rows: ListedUser[]; total: number }> {
    const { search, ...where } = filter;
    if (search?.trim()) return this.findSearched({ ...where, search }, window);
    const { role, status } = where;
    return paginate(
      { ...window, list: ['users', role, status] },
      () => this.prisma.user.findMany({ where: { role, status }, select: COLUMNS, ...window }),
      () => this.prisma.user.count({ where: { role, status } }),
      (rows) => Promise.resolve(listed(rows)),
    );
  }

  async findById(id: string): Promise<User | null> {
    const row = await this.prisma.user.findFirst({ where: { id }, select: COLUMNS });
    return row && toUser(row);
  }

  /** Returns users by id; deleted ones are missing. */
  async findByIds(ids: readonly string[]): Promise<Map<string, User>> {
    const rows = await this.prisma.user.findMany({ where: { id: { in: [...new Set(ids)] } }, select: COLUMNS });
    return new Map(rows.map((row) => [row.id, toUser(row)]));
  }

  /** Locks the row until the running transaction ends, so that rules checked on it still hold when it is written. */
  async findForUpdate(id: string): Promise<User | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM users WHERE id = ${id}::uuid FOR UPDATE`;
    return this.findById(id);
  }

  /** Finds a user by e-mail address, ignoring case; if several share the address, an exact match is preferred. */
  async findByEmail(email: string): Promise<User | null> {
    const spellings = emailSpellings(email);
    const rows = await this.prisma.user.findMany({ where: { email: { in: spellings } }, select: COLUMNS });
    const [first] = rows.sort((one, other) => spellings.indexOf(one.email) - spellings.indexOf(other.email));
    return first ? toUser(first) : null;
  }

  findUsernames(prefix: string): Promise<string[]> {
    return this.prisma.user
      .findMany({ where: { username: { startsWith: escapeLike(prefix) } }, select: { username: true } })
      .then((rows) => rows.map(({ username }) => username));
  }

  count(): Promise<number> {
    return this.prisma.user.count();
  }

  /**
   * Locks until the running transaction ends, so that concurrent transactions count seats and take one after the other.
   */
  async lockSeats(): Promise<void> {
    await this.prisma.$executeRaw`SELECT app.lock_in_tenant('users')`;
  }

  create(user: NewUser, status: UserStatus): Promise<User> {
    const data = {
      username: user.username,
      email: user.email,
      role: user.role,
      firstName: user.firstName,
      lastName: user.lastName,
      status,
      passwordChangedAt: status === 'ACTIVE' ? databaseNow() : null,
    };
    return namingConflicts(async () => {
      await this.assertAddressFree(user.email);
      return toUser(await this.prisma.user.create({ data, select: COLUMNS }));
    });
  }

  async createCredential(username: string, passwordHash: string): Promise<void> {
    await this.prisma.credential.create({ data: { username, passwordHash }, select: { username: true } });
  }

  async deleteResetToken(username: string): Promise<void> {
    await this.prisma.passwordResetToken.deleteMany({ where: { username } });
  }

  /** Returns null if there is no such user. */
  update(id: string, changes: UserChanges): Promise<User | null> {
    const data = { ...changes, preferences: changes.preferences === null ? {} : changes.preferences };
    return namingConflicts(async () => {
      if (changes.email !== undefined) await this.assertAddressFree(changes.email, id);
      return this.updateOne({ id }, data);
    });
  }

  /** Returns null if there is no such user, or it is not in status `from`. */
  changeStatus(id: string, from: UserStatus, to: UserStatus): Promise<User | null> {
    return this.updateOne({ id, status: from }, { status: to });
  }

  /** Makes an INVITED user ACTIVE with a first credential. Returns null if the user is not INVITED (any longer). */
  async activate(id: string, passwordHash: string): Promise<User | null> {
    const user = await this.updateOne(
      { id, status: 'INVITED' },
      { status: 'ACTIVE', passwordChangedAt: databaseNow() },
    );
    if (user) await this.createCredential(user.username, passwordHash);
    return user;
  }

  async delete(id: string): Promise<boolean> {
    return (await this.prisma.user.deleteMany({ where: { id } })).count > 0;
  }

  /** Only for undoing an unfinished tenant; all other callers follow the rules that protect the owner. */
  async deleteOwner(): Promise<void> {
    await this.prisma.user.deleteMany({ where: { role: 'owner' } });
  }

  private async findSearched(
    { role, status, search }: UserFilter & { search: string },
    window: { skip: number; take: number; orderBy: UserOrder },
  ): Promise<{ rows: ListedUser[]; total: number }> {
    const where = equalTo({ role: asText(role), status: asText(status) });
    const { ids, total } = await searchPage(this.prisma, { table: 'users', search, where, ...window });
    if (ids.length === 0) return { rows: [], total };
    const found = await this.prisma.user.findMany({ where: { id: { in: ids } }, select: COLUMNS });
    const byId = new Map(found.map((user) => [user.id, user]));
    return { rows: listed(ids.flatMap((id) => byId.get(id) ?? [])), total };
  }

  /**
   * Older rows may contain spellings that the unique index does not cover, so this compares normalized addresses.
   * @param exceptId the user who may already have the address.
   */
  private async assertAddressFree(email: string, exceptId?: string): Promise<void> {
    const others = emailSpellings(email).filter((spelling) => spelling !== email);
    if (others.length === 0) return;
    const where = { email: { in: others }, ...(exceptId !== undefined && { id: { not: exceptId } }) };
    if ((await this.prisma.user.count({ where })) > 0) throw emailTaken();
  }

  private async updateOne(
    where: Prisma.UserWhereInput,
    data: Prisma.UserUncheckedUpdateManyInput,
  ): Promise<User | null> {
    const [row] = await this.prisma.user.updateManyAndReturn({
      where,
      data: { ...data, version: { increment: 1 } },
      select: COLUMNS,
    });
    return row ? toUser(row) : null;
  }
}

function listed(rows: UserRow[]): ListedUser[] {
  return withoutLargeValues(rows.map(toUser), ['preferences']);
}

function toUser(row: UserRow): User {
  return {
    ...row,
    role: row.role as Role,
    status: row.status as UserStatus,
    preferences: row.preferences as JsonObject,
  };
}
