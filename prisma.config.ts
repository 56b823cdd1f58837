import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// Prisma's native schema engine is a download that closed networks refuse. The bridge runs the same engine as WebAssembly.
// On Windows, where a script cannot stand in for a program, Prisma fetches its own.
if (process.platform !== 'win32') {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= fileURLToPath(new URL('scripts/schema-engine/engine', import.meta.url));
}
// No version check over the network.
process.env.CHECKPOINT_DISABLE ||= '1';
process.env.PRISMA_HIDE_UPDATE_MESSAGE ||= '1';

// Migrations run as the owner of the tables, never as the application. Commands that need no database work without a URL.
const url = process.env.DATABASE_OWNER_URL || process.env.DIRECT_URL;
const shadowDatabaseUrl = process.env.SHADOW_DATABASE_URL;

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url, ...(shadowDatabaseUrl ? { shadowDatabaseUrl } : {}) } } : {}),
});
