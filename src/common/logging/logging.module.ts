import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream, Logger } from 'pino';
import { Config } from '../config/config.js';
import { createLogger } from './log-options.js';
import { readableOutput } from './readable-output.js';
import { ROOT_LOGGER } from './root-logger.js';
import { standardOutput } from './standard-output.js';

/** Destination of log lines. Tests inject their own stream. */
export const LOG_DESTINATION = Symbol('log destination');

/** True for a developer's terminal; all other output is JSON. */
function isForPeople({ NODE_ENV }: Config): boolean {
  return NODE_ENV === 'development' && process.stdout.isTTY;
}

@Module({
  providers: [
    {
      provide: LOG_DESTINATION,
      inject: [Config],
      useFactory: (config: Config) => (isForPeople(config) ? readableOutput() : standardOutput()),
    },
    {
      provide: ROOT_LOGGER,
      inject: [Config, LOG_DESTINATION],
      useFactory: (config: Config, destination: DestinationStream) => createLogger(config, destination),
    },
  ],
  exports: [ROOT_LOGGER],
})
class RootLoggerModule {}

@Module({
  imports: [
    RootLoggerModule,
    LoggerModule.forRootAsync({
      imports: [RootLoggerModule],
      inject: [ROOT_LOGGER],
      useFactory: (logger: Logger) => ({
        // Our own middleware logs requests, before anything that can fail.
        pinoHttp: { logger, autoLogging: false },
        forRoutes: [],
      }),
    }),
  ],
  exports: [RootLoggerModule],
})
export class LoggingModule {}
