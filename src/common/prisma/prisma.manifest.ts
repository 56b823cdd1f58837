import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  entities: {
    TenancyProbe: { withheld: 'Two fixed rows for the self-test at start.' },
  },
};
