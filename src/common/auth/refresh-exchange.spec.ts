import { judgeExchange, MAX_SIBLINGS, type PresentedToken } from './refresh-exchange.js';

const fresh: PresentedToken = { isExchanged: false, isInGrace: false, siblings: 0, isSessionAlive: true };
const exchanged: PresentedToken = { ...fresh, isExchanged: true };
const justExchanged: PresentedToken = { ...exchanged, isInGrace: true };

describe('the exchange of refresh tokens', () => {
  it.each([
    ['a token that was never exchanged', fresh, false, 'successor'],
    ['one that was exchanged a moment ago', justExchanged, true, 'sibling'],
    ['one that was exchanged while it waited', justExchanged, false, 'sibling'],
    ['one whose siblings are used up', { ...justExchanged, siblings: MAX_SIBLINGS }, true, 'refuse'],
    ['one that was exchanged long ago', exchanged, true, 'theft'],
    ['one that lost a race without a grace', exchanged, false, 'refuse'],
    ['one of a session that has ended', { ...fresh, isSessionAlive: false }, false, 'refuse'],
    [
      'one exchanged a moment ago in a session that has ended',
      { ...justExchanged, isSessionAlive: false },
      true,
      'refuse',
    ],
  ] as const)('answers %s', (_, token, wasExchanged, verdict) => {
    expect(judgeExchange(token, wasExchanged)).toBe(verdict);
  });
});
