import type { Role } from '../../../common/auth/roles.js';

export interface Invitation {
  id: string;
  userId: string;
  expiresAt: Date;
  createdAt: Date;
}

/** Whom to invite. Names are validated and lower-case. */
export interface NewInvitation {
  email: string;
  role: Role;
  /** Made from the e-mail address when absent. */
  username?: string;
  firstName?: string | null;
  lastName?: string | null;
}
