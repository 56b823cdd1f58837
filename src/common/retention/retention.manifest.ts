import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  tasks: {
    'retention.run': 'tenant',
    'retention.fan_out': 'platform',
  },
};
