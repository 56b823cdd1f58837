import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import { Config } from '../config/config.js';
import { createLogger } from './log-options.js';

/** Where log lines go; undefined is standard output. Tests put a stream of their own here. */
export const LOG_DESTINATION = Symbol('log destination');

@Module({
  imports: [
    LoggerModule.forRootAsync({
      providers: [{ provide: LOG_DESTINATION, useValue: undefined }],
      inject: [Config, LOG_DESTINATION],
      useFactory: (config: Config, destination?: DestinationStream) => ({
        // Lines of requests are written by our own middleware, before anything that can fail.
        pinoHttp: { logger: createLogger(config, destination), autoLogging: false },
        forRoutes: [],
      }),
    }),
  ],
})
export class LoggingModule {}
