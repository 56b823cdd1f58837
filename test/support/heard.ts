import { randomUUID } from 'node:crypto';
import { IdentityListener } from '../../src/common/changes/identity-listener.js';
import { PrismaService } from '../../src/common/prisma/prisma.service.js';
import { eventually } from './eventually.js';
import type { TestApp } from './test-app.js';

/**
 * Resolves when the processes have heard of every change of identity that was committed before the call, the making of a tenant
 * included. One that comes later than it was made empties caches and ends streams in the middle of what is tested.
 */
export async function heardOfEverything(...apps: [TestApp, ...TestApp[]]): Promise<void> {
  for (const { app } of apps) {
    if (!(await eventually(() => app.get(IdentityListener).isHeard, Boolean))) throw new Error('Nothing is heard.');
  }
  // Notifications arrive in the order of their commits, so this one, of nobody, is the last.
  const last = randomUUID();
  const waiting = apps.map(({ app }) => hears(app.get(IdentityListener), last));
  const payload = JSON.stringify({ kind: 'session', tenantId: null, id: last });
  await apps[0].app.get(PrismaService).pool.query('SELECT pg_notify($1, $2)', ['tenantry_identity', payload]);
  await Promise.all(waiting);
}

function hears(listener: IdentityListener, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = listener.subscribe({
      onChange: ({ id }) => {
        if (id !== wanted) return;
        end();
        resolve();
      },
      onGap: () => {
        end();
        reject(new Error('The connection that listens was lost.'));
      },
    });
  });
}
