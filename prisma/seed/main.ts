import { NestFactory } from '@nestjs/core';
import { Config } from '../../src/common/config/config.js';
import { describeStartFailure } from '../../src/common/http/start-failure.js';
import { DEMO_TENANTS } from './demo-data.js';
import { DemoSeed } from './demo-seed.js';
import { SeedModule } from './seed.module.js';

/** The platform admin that the environment names is made by the start of the application itself; the demo only where it is asked for. */
async function main(): Promise<void> {
  // It runs beside the application and must not take its jobs.
  // eslint-disable-next-line no-restricted-properties -- written for loadConfig, not read
  process.env['APP_ROLE'] = 'api';
  const app = await NestFactory.createApplicationContext(SeedModule, {
    abortOnError: false,
    logger: ['error', 'warn'],
  });
  try {
    if (!app.get(Config).SEED_DEMO) return;
    const seeded = await app.get(DemoSeed).run();
    const slugs = seeded.length > 0 ? `Seeded ${seeded.join(', ')}.` : 'The demo data already exists.';
    process.stdout.write(`${slugs} Tenants: ${DEMO_TENANTS.map(({ slug }) => slug).join(', ')}.\n`);
  } finally {
    await app.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeStartFailure(error)}\n`, () => process.exit(1));
});
