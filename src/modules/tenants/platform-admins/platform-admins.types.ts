/** A person who operates the installation. */
export interface PlatformAdmin {
  id: string;
  /** Lower-case. */
  email: string;
  name: string | null;
}

/** One refresh token; those of one sign-in form a family. */
export interface PlatformRefreshToken {
  id: string;
  familyId: string;
  adminId: string;
  replacedAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

export interface PlatformSessionGrant {
  sessionId: string;
  adminId: string;
  /** Shown only once. */
  refreshToken: string;
}

/** The tokens of a platform admin. */
export interface PlatformTokenPair {
  accessToken: string;
  refreshToken: string;
  /** Lifetime of the access token in seconds (OAuth's `expires_in`). */
  expiresIn: number;
}
