import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  tasks: {
    'workflow.run': 'tenant',
    'workflow.schedule': 'tenant',
    'workflow.watch': 'tenant',
  },
};
