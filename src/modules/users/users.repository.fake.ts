import { randomUUID } from 'node:crypto';
import { emailTaken, usernameTaken } from './users.errors.js';
import type { UsersRepository } from './users.repository.js';
import type { NewUser, User, UserChanges, UserStatus } from './users.types.js';

/**
 * An in-memory `UsersRepository` for tests of rules. It supports neither paging nor search, which are tested on the
 * database.
 */
export class FakeUsersRepository implements Pick<
  UsersRepository,
  | 'findById'
  | 'findForUpdate'
  | 'findByEmail'
  | 'findUsernames'
  | 'count'
  | 'lockSeats'
  | 'create'
  | 'createCredential'
  | 'deleteResetToken'
  | 'update'
  | 'changeStatus'
  | 'activate'
  | 'delete'
  | 'deleteOwner'
> {
  readonly rows = new Map<string, User>();
  readonly credentials = new Map<string, string>();
  readonly deletedResetTokens: string[] = [];

  add(given: Partial<User> = {}): User {
    const id = given.id ?? randomUUID();
    const user: User = {
      id,
      username: `user-${id.slice(0, 8)}`,
      email: `${id.slice(0, 8)}@example.com`,
      firstName: null,
      lastName: null,
      displayName: null,
      avatarUrl: null,
      bio: null,
      role: 'member',
      status: 'ACTIVE',
      timezone: 'UTC',
      locale: 'en',
      preferences: {},
      lastLoginAt: null,
      version: 1,
      createdAt: new Date(0),
      updatedAt: new Date(0),
      ...given,
    };
    this.rows.set(id, user);
    return user;
  }

  async findById(id: string): Promise<User | null> {
    return this.rows.get(id) ?? null;
  }

  findForUpdate(id: string): Promise<User | null> {
    return this.findById(id);
  }

  async findByEmail(email: string): Promise<User | null> {
    return [...this.rows.values()].find((user) => user.email === email) ?? null;
  }

  async findUsernames(prefix: string): Promise<string[]> {
    return [...this.rows.values()].map(({ username }) => username).filter((username) => username.startsWith(prefix));
  }

  async count(): Promise<number> {
    return this.rows.size;
  }

  async lockSeats(): Promise<void> {}

  async create(user: NewUser, status: UserStatus): Promise<User> {
    this.refuseTaken(user);
    return this.add({ ...user, status });
  }

  async createCredential(username: string, passwordHash: string): Promise<void> {
    this.credentials.set(username, passwordHash);
  }

  async deleteResetToken(username: string): Promise<void> {
    this.deletedResetTokens.push(username);
  }

  async update(id: string, changes: UserChanges): Promise<User | null> {
    this.refuseTaken(changes, id);
    const present = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    return this.write(id, present);
  }

  async changeStatus(id: string, from: UserStatus, to: UserStatus): Promise<User | null> {
    return this.rows.get(id)?.status === from ? this.write(id, { status: to }) : null;
  }

  async activate(id: string, passwordHash: string): Promise<User | null> {
    const user = await this.changeStatus(id, 'INVITED', 'ACTIVE');
    if (user) this.credentials.set(user.username, passwordHash);
    return user;
  }

  async delete(id: string): Promise<boolean> {
    return this.rows.delete(id);
  }

  async deleteOwner(): Promise<void> {
    for (const user of this.rows.values()) if (user.role === 'owner') this.rows.delete(user.id);
  }

  private write(id: string, changes: Partial<User>): User | null {
    const user = this.rows.get(id);
    return user ? this.add({ ...user, ...changes, version: user.version + 1 }) : null;
  }

  private refuseTaken({ email, username }: { email?: string; username?: string }, id?: string): void {
    const others = [...this.rows.values()].filter((user) => user.id !== id);
    if (others.some((user) => user.email === email)) throw emailTaken();
    if (others.some((user) => user.username === username)) throw usernameTaken();
  }
}
