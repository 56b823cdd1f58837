/** One refresh token. Those of one sign-in form a family, whose id is the session's towards clients. */
export interface RefreshToken {
  id: string;
  familyId: string;
  userId: string;
  expiresAt: Date;
  /** When it was exchanged for its successor. */
  replacedAt: Date | null;
  revokedAt: Date | null;
  /** When its session began: carried from token to token. */
  createdAt: Date;
}

/** The tokens that a client receives. */
export interface SessionGrant {
  sessionId: string;
  userId: string;
  /** Shown once. */
  refreshToken: string;
}

/** A sign-in that is still good. */
export interface LiveSession {
  /** Of the newest token; orders lists, and changes with each refresh. */
  id: string;
  familyId: string;
  createdAt: Date;
  /** The last sign-in or refresh. */
  lastActivity: Date;
  expiresAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
}
