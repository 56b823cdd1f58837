import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  tasks: {
    'event.deliver': 'tenant',
  },
};
