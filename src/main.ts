import { setSourceMapsSupport } from 'node:module';

// For the program's own files alone, and so before they are loaded: maps of packages would take more memory than they are worth.
setSourceMapsSupport(true, { nodeModules: false });
const { start } = await import('./start.js');
await start();
