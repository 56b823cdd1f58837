/** Maximum number of sibling tokens issued when an already exchanged refresh token is presented again. */
export const MAX_SIBLINGS = 5;

/** State of a refresh token that a client wants to exchange, read under a lock. */
export interface PresentedToken {
  readonly isExchanged: boolean;
  /** Exchanged less than REFRESH_GRACE_MS ago. */
  readonly isInGrace: boolean;
  /** Siblings issued so far. */
  readonly siblings: number;
  /** True if any token of the session is still valid. */
  readonly isSessionAlive: boolean;
}

/**
 * `successor`: exchange the token. `sibling`: it was exchanged a moment ago by another tab, or the response was lost;
 * tokens are stored as hashes, so the same one cannot be sent again. `refuse`: it is not valid. `theft`: the token or
 * its successor was stolen.
 */
export type ExchangeVerdict = 'successor' | 'sibling' | 'refuse' | 'theft';

/**
 * @param wasExchanged whether the token was already exchanged before the request started waiting for the lock: of
 * several overlapping requests, the slower ones must not be taken for theft.
 */
export function judgeExchange(token: PresentedToken, wasExchanged: boolean): ExchangeVerdict {
  if (!token.isSessionAlive) return 'refuse';
  if (!token.isExchanged) return 'successor';
  if (token.isInGrace) return token.siblings < MAX_SIBLINGS ? 'sibling' : 'refuse';
  return wasExchanged ? 'theft' : 'refuse';
}
