import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { NoTracing, Tracing } from './tracing.js';

/** Loads the OpenTelemetry SDK only if spans are exported. */
async function tracingFor(config: Config): Promise<Tracing> {
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return new NoTracing();
  const { ExportedTracing } = await import('./exported-tracing.js');
  return ExportedTracing.to(config.OTEL_EXPORTER_OTLP_ENDPOINT, config);
}

@Global()
@Module({ providers: [{ provide: Tracing, useFactory: tracingFor, inject: [Config] }], exports: [Tracing] })
export class TracingModule {}
