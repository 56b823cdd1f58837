/** How many siblings of its successor an exchanged refresh token may bring at most. */
export const MAX_SIBLINGS = 5;

/** What is known of a refresh token that somebody wants to exchange, read while nobody else can exchange it. */
export interface PresentedToken {
  readonly isExchanged: boolean;
  /** Exchanged less than REFRESH_GRACE_MS ago. */
  readonly isInGrace: boolean;
  /** How many siblings its exchange has brought so far. */
  readonly siblings: number;
  /** Whether any token of its session is still good. */
  readonly isSessionAlive: boolean;
}

/**
 * `successor`: exchange it. `sibling`: it was exchanged a moment ago, by another tab, or the answer was lost (tokens are stored as
 * hashes: the same one cannot be given again). `refuse`: it is good for nothing. `theft`: it, or its successor, has been stolen.
 */
export type ExchangeVerdict = 'successor' | 'sibling' | 'refuse' | 'theft';

/**
 * @param wasExchanged whether it was exchanged before the request began to wait for its turn: of several that overlap, none is a
 * thief's only for being slower.
 */
export function judgeExchange(token: PresentedToken, wasExchanged: boolean): ExchangeVerdict {
  if (!token.isSessionAlive) return 'refuse';
  if (!token.isExchanged) return 'successor';
  if (token.isInGrace) return token.siblings < MAX_SIBLINGS ? 'sibling' : 'refuse';
  return wasExchanged ? 'theft' : 'refuse';
}
