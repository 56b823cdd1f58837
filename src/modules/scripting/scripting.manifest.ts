import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {};
