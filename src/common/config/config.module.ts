import { Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule } from '@nestjs/config';
import { Config } from './config.js';
import { loadConfig } from './load-config.js';

/** Named by the class, so that the class is what is injected, and one override replaces it in tests. */
const configuration = Object.assign(() => loadConfig(), { KEY: Config });

/**
 * Provides `Config` everywhere. Not by Nest's `validate`, which writes what it returns into `process.env`, and with it
 * secrets that came from files; and Nest's `ConfigService` is asked by nobody, since it knows neither types nor checks.
 */
@Module({
  imports: [
    NestConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, skipProcessEnv: true, load: [configuration] }),
  ],
})
export class ConfigModule {}
