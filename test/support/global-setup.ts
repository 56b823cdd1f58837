import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { useEmbeddedPostgres, type EmbeddedPostgres } from '../../scripts/embedded/embedded-postgres.ts';
import { say } from '../../scripts/progress.mjs';
import { DATA_FOLDER } from '../../scripts/project.ts';
import { passwordsOn, type TestServer } from './test-server.ts';
import { ensureTemplate, signOfLifeUrl, templateName } from './test-template.ts';

/** What the global tear-down has to undo; both run in Jest's parent process. */
export interface TestRun {
  server: TestServer;
  alive: pg.Client;
  embedded: EmbeddedPostgres | null;
}

declare global {
  var tenantryTestRun: TestRun | undefined;
}

/** Once per run, before any test: a server, the template database, and no left-overs of dead runs. */
export default async function globalSetup(): Promise<void> {
  if (process.env['TEST_WITHOUT_DATABASE']) return;
  const given = process.env['TEST_ADMIN_DATABASE_URL'];
  const embedded = given ? null : await useEmbeddedPostgres(DATA_FOLDER, say);
  try {
    const adminUrl = given ?? embedded!.adminUrl;
    const passwords = embedded?.secrets.rolePasswords ?? (await passwordsOn(adminUrl));
    const run = randomBytes(4).toString('hex');
    const template = templateName(passwords);
    const alive = new pg.Client(signOfLifeUrl(adminUrl, run, template));
    alive.on('error', () => undefined); // the server went away: the tests will say so
    await alive.connect();
    await ensureTemplate(adminUrl, passwords, template);
    const server = { adminUrl, passwords, template, run };
    process.env['TEST_SERVER'] = JSON.stringify(server);
    globalThis.tenantryTestRun = { server, alive, embedded };
  } catch (error) {
    await embedded?.release();
    throw error;
  }
}
