import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  /**
   * These only admit a caller to the endpoints: every operation and every entity also requires a permission of its own.
   */
  permissions: {
    'dbal:operations': ['viewer', 'List and run operations; each also requires a permission of its own'],
    'dbal:entities': ['viewer', 'Read and write entities by name; each also requires permissions of its own'],
  },
};
