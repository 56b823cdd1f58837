import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  tasks: {
    'queue.clean_up': 'platform',
  },
};
