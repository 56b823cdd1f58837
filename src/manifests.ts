import type { FoundManifest } from './common/manifest/manifest.js';
import { MODULES } from './modules/modules.ts';

/** Folders of `common` that have a manifest. */
const COMMON = [
  { name: 'auth', manifest: () => import('./common/auth/auth.manifest.ts') },
  { name: 'events', manifest: () => import('./common/events/events.manifest.ts') },
  { name: 'http', manifest: () => import('./common/http/http.manifest.ts') },
  { name: 'mail', manifest: () => import('./common/mail/mail.manifest.ts') },
  { name: 'prisma', manifest: () => import('./common/prisma/prisma.manifest.ts') },
  { name: 'queue', manifest: () => import('./common/queue/queue.manifest.ts') },
  { name: 'retention', manifest: () => import('./common/retention/retention.manifest.ts') },
];

/** Loads all manifests. Works without a build, because the migration step reads them as well. */
export async function loadManifests(): Promise<FoundManifest[]> {
  const found = (folder: string) => async (part: (typeof COMMON | typeof MODULES)[number]) => ({
    file: `src/${folder}/${part.name}/${part.name}.manifest.ts`,
    manifest: (await part.manifest()).manifest,
  });
  return Promise.all([...COMMON.map(found('common')), ...MODULES.map(found('modules'))]);
}
