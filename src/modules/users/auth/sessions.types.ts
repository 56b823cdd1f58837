/** One refresh token. Those of one sign-in form a family, whose id clients see as the session's id. */
export interface RefreshToken {
  id: string;
  familyId: string;
  userId: string;
  expiresAt: Date;
  /** When it was exchanged for its successor. */
  replacedAt: Date | null;
  revokedAt: Date | null;
  /** When its session began; copied from token to token. */
  createdAt: Date;
}

/** The tokens that a client receives. */
export interface SessionGrant {
  sessionId: string;
  userId: string;
  /** Shown only once. */
  refreshToken: string;
}

/** A sign-in that is still valid. */
export interface LiveSession {
  /** Id of the newest token. Determines the order of lists, and changes with each refresh. */
  id: string;
  familyId: string;
  createdAt: Date;
  /** Time of the last sign-in or refresh. */
  lastActivity: Date;
  expiresAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
}
