import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'event:read': ['viewer', 'See the declared events'],
    'permission:read': ['viewer', 'See all permissions and the roles that hold them'],
  },
};
