import type { Listed } from '../../common/dbal/large-values.types.js';
import type { Role } from '../../common/identity/roles.js';
import type { PageQuery, SortOrder } from '../../common/contracts/page.js';
import type { JsonObject } from '../../common/json/json-object.js';

/** INVITED: has no credential yet. SUSPENDED: deactivated. Only ACTIVE users can sign in. */
export const USER_STATUSES = ['ACTIVE', 'INVITED', 'SUSPENDED'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

export interface User {
  id: string;
  /** Lower-case, like `email`. */
  username: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  avatarUrl: string | null;
  bio: string | null;
  role: Role;
  status: UserStatus;
  timezone: string;
  locale: string;
  preferences: JsonObject;
  lastLoginAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export type ListedUser = Listed<User, 'preferences'>;

/** The input for creating a user. Names are validated and in lower case. */
export interface NewUser {
  username: string;
  email: string;
  role: Role;
  firstName?: string | null;
  lastName?: string | null;
}

/** Absent fields are left unchanged; `null` clears. */
export type UserChanges = Partial<
  Pick<
    User,
    | 'username'
    | 'email'
    | 'role'
    | 'firstName'
    | 'lastName'
    | 'displayName'
    | 'avatarUrl'
    | 'bio'
    | 'timezone'
    | 'locale'
  >
> & { preferences?: JsonObject | null };

/** Fields by which lists may be sorted. */
export const USER_SORTS = [
  'createdAt',
  'updatedAt',
  'lastLoginAt',
  'username',
  'email',
  'firstName',
  'lastName',
] as const;
export type UserOrder = SortOrder<(typeof USER_SORTS)[number]>;

export interface UserFilter {
  role?: Role;
  status?: UserStatus;
  /** Words, each of which must occur in the username, the e-mail address or a name. */
  search?: string;
}

export interface UserList extends UserFilter, PageQuery {
  /** A comma-separated list of `USER_SORTS`. */
  sort?: string;
}
