import type { Role } from '../../common/auth/roles.js';

/** INVITED: has no credential yet. SUSPENDED: deactivated. Only ACTIVE users sign in. */
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
  preferences: Record<string, unknown>;
  lastLoginAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** What makes a new user. Names are validated and lower-case. */
export interface NewUser {
  username: string;
  email: string;
  role: Role;
  firstName?: string | null;
  lastName?: string | null;
}

/** Absent leaves, `null` clears. */
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
> & { preferences?: Record<string, unknown> | null };

export interface UserFilter {
  role?: Role;
  status?: UserStatus;
  /** Words, each of which occurs in the username, the e-mail or a name. */
  search?: string;
}
