import { NestFactory } from '@nestjs/core';
import { Config } from '../../src/common/config/config.js';
import { describeStartFailure } from '../../src/common/http/start-failure.js';
import { DEMO_TENANTS } from './demo-data.js';
import { DemoSeed } from './demo-seed.js';
import { SeedModule } from './seed.module.js';

/** Starting the application creates the platform admin named in the environment; the demo is seeded only on request. */
async function main(): Promise<void> {
  // The seed runs beside the application and must not process its tasks.
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
