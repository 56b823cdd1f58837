import { describePermissions } from '../../identity/permissions.js';
import type { RouteMetadata } from './route-metadata.js';

/** Describes in a sentence who may call a route, from its `@Allow` or `@Public`. */
export function permissionText({ isPublic, permission }: RouteMetadata): string {
  if (isPublic) return 'This route is public: it requires no credential.';
  const declared = describePermissions(true).find(({ name }) => name === permission);
  if (!declared) return `Requires the permission \`${permission}\`.`;
  const { leastRole, personal } = declared;
  const personally = personal ? ' API keys and platform administrators never hold it.' : '';
  return `Requires the permission \`${permission}\`, held by ${holders(leastRole)}.${personally}`;
}

function holders(leastRole: string | null): string {
  if (leastRole === null) return 'platform administrators';
  if (leastRole === 'viewer') return 'every role';
  return leastRole === 'owner' ? 'the owner' : `the role ${leastRole} and those above it`;
}
