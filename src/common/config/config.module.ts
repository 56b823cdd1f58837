import { Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule } from '@nestjs/config';
import { Config } from './config.js';
import { loadConfig } from './load-config.js';

/** Uses the class as its key, so that the class is what gets injected, and tests replace it with a single override. */
const configuration = Object.assign(() => loadConfig(), { KEY: Config });

/**
 * Provides `Config` everywhere. Does not use Nest's `validate`, which writes its result to `process.env` and would
 * expose secrets that came from files. Nest's `ConfigService` is not used either, since it is neither typed nor
 * checked.
 */
@Module({
  imports: [
    NestConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, skipProcessEnv: true, load: [configuration] }),
  ],
})
export class ConfigModule {}
