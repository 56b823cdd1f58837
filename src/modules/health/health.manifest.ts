import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'platform:health': ['platform', 'See the health report of a process'],
  },
};
