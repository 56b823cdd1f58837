import './global-setup.ts';
import { dropRun } from './test-template.ts';

/** Drops the run's databases; stops the embedded server if nobody else uses it. */
export default async function globalTeardown(): Promise<void> {
  const run = globalThis.tenantryTestRun;
  if (!run) return;
  try {
    await dropRun(run.server.adminUrl, run.server.run);
    await run.alive.end();
  } finally {
    await run.embedded?.release();
  }
}
