import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'event:read': ['viewer', 'See which events there are'],
    'permission:read': ['viewer', 'See which permissions there are, and who holds them'],
  },
};
