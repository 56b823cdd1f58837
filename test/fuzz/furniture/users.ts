import fc from 'fast-check';
import { hex, ownOrOther } from '../field-values.js';
import { type Furniture, SPARE } from '../furniture.js';
import { MARKER, Placeholder } from '../placeholders.js';

export const furniture: Furniture = {
  async furnish({ post, add, side }) {
    // What comes by mail arrives when tasks have run.
    for (let guest = 0; guest < SPARE; guest += 1)
      await post('/users/invitations', { email: `guest${guest}@${side.marker}.test`, role: 'member' });
    for (const role of ['manager', 'member', 'viewer'] as const) {
      const { username } = side.people.get(role)!;
      await post('/auth/password/forgot', { tenant: side.tenant.slug, identifier: username });
    }
    add('/power-transfers', await post('/power-transfers', { toUserId: side.people.get('admin')!.id }));
    for (const { id } of side.staff) add('/users', { id });
  },
  rows: { User: '/users' },
  fields: [
    [/^username$/, hex(10).map((name) => `u${name}-${MARKER}`)],
    [/^identifier$/, fc.constant(new Placeholder('identifier'))],
    [/^(currentPassword|password)$/, fc.constant(new Placeholder('password'))],
    [/^refreshToken$/, fc.constantFrom(new Placeholder('refresh token'), new Placeholder('other refresh token'))],
    [/^token$/, ownOrOther('key', '', 'token', new Placeholder('forged token'))],
  ],
  ids: [[/^(.*userId|successorId|from|to)$/i, '/users']],
  mailedTokens: { invite: '/auth/invitations/accept', reset: '/auth/password/reset' },
};
