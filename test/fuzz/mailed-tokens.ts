import type { Mail } from '../../src/common/mail/mail.types.js';
import { itemsOf, type Side } from './fuzz-side.js';
import { FURNITURE } from './module-furniture.js';

/** Where a token of each kind is good. */
const OPERATIONS: Record<string, string> = Object.assign({}, ...FURNITURE.map(({ mailedTokens }) => mailedTokens));

/** Keeps the tokens that people of a tenant were mailed, each under the path of the operation it is for. */
export function keepMailedTokens(side: Side, mails: readonly Mail[]): void {
  for (const { text } of mails.filter(({ to }) => to.endsWith(`@${side.marker}.test`))) {
    const [, token, kind = ''] = /#token=(([a-z]+)_\S+)/.exec(text) ?? [];
    const path = OPERATIONS[kind];
    if (path) itemsOf(side, `/api/v1${path}`).unshift({ token });
  }
}
