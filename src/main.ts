import { setSourceMapsSupport } from 'node:module';

// Only for the application's own files and before they are loaded: source maps of packages would use too much memory.
setSourceMapsSupport(true, { nodeModules: false });
const { start } = await import('./start.js');
await start();
