import { setTimeout as delay } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseKeyPairsIntoRecord } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.js';
import { ToldExporter } from './told-exporter.js';
import { contextOf, formatTraceparent } from './trace-context.js';
import { type OpenSpan, type SpanAttributes, type SpanOptions, Tracing } from './tracing.js';

/** Time limits of one export, and of the last one at shutdown. */
export const EXPORT_TIMEOUT_MS = 5000;
const LAST_EXPORT_MS = 2000;
const EXPORT_INTERVAL_MS = 1000;
/** Maximum spans waiting for export; more are dropped. */
const MAX_WAITING = 4096;
const MAX_ATTRIBUTE_LENGTH = 2000;

const KINDS = {
  internal: api.SpanKind.INTERNAL,
  server: api.SpanKind.SERVER,
  client: api.SpanKind.CLIENT,
  consumer: api.SpanKind.CONSUMER,
} as const;

/** Records spans and exports them over OTLP/HTTP in the background. Loaded only if tracing is on. */
export class ExportedTracing extends Tracing implements OnApplicationShutdown {
  readonly isOn = true;
  readonly #contexts = new AsyncLocalStorageContextManager().enable();
  readonly #tracer: api.Tracer;

  private constructor(
    private readonly provider: TracerProvider,
    private readonly sampledShare: number,
  ) {
    super();
    this.#tracer = provider.getTracer('tenantry');
  }

  /** @param endpoint of a collector; `/v1/traces` is appended. */
  static to(endpoint: string, config: Config): ExportedTracing {
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: parseKeyPairsIntoRecord(config.OTEL_EXPORTER_OTLP_HEADERS),
      timeoutMillis: EXPORT_TIMEOUT_MS,
      concurrencyLimit: 2,
    });
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': config.OTEL_SERVICE_NAME }),
      // The sampling flag of foreign parents has already been replaced, see `contextOf`.
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG) }),
      spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new ToldExporter(exporter),
          scheduledDelayMillis: EXPORT_INTERVAL_MS,
          exportTimeoutMillis: EXPORT_TIMEOUT_MS,
          maxQueueSize: MAX_WAITING,
        }),
      ],
    });
    return new ExportedTracing(provider, config.OTEL_TRACES_SAMPLER_ARG);
  }

  open(name: string, { kind = 'internal', attributes = {}, parent }: SpanOptions = {}): OpenSpan {
    const around = this.#contexts.active();
    const context = parent ? contextOf(parent, () => Math.random() < this.sampledShare) : around;
    const running = api.trace.getSpanContext(around);
    const links = parent && running ? [{ context: running }] : [];
    const span = this.#tracer.startSpan(name, { kind: KINDS[kind], attributes: known(attributes), links }, context);
    return this.#opened(span, api.trace.setSpan(context, span));
  }

  note(
    name: string,
    durationMs: number,
    { kind = 'internal', attributes = {}, errorType }: SpanOptions & { errorType?: string } = {},
  ): void {
    const context = this.#contexts.active();
    if (!api.trace.getSpan(context)?.isRecording()) return;
    const endTime = performance.timeOrigin + performance.now();
    const options = { kind: KINDS[kind], attributes: known(attributes), startTime: endTime - durationMs };
    const span = this.#tracer.startSpan(name, options, context);
    if (errorType !== undefined) fail(span, errorType);
    span.end(endTime);
  }

  traceparent(): string | undefined {
    const context = api.trace.getSpanContext(this.#contexts.active());
    return context && formatTraceparent(context);
  }

  /** Exports the remaining spans, with a short time limit. */
  async onApplicationShutdown(): Promise<void> {
    const exported = this.provider.shutdown().catch(() => undefined);
    await Promise.race([exported, delay(LAST_EXPORT_MS, undefined, { ref: false })]);
    this.#contexts.disable();
  }

  #opened(span: api.Span, context: api.Context): OpenSpan {
    return {
      set: (attributes) => void span.setAttributes(known(attributes)),
      fail: (type) => fail(span, type),
      rename: (name) => void span.updateName(name),
      enter: (fn) => this.#contexts.with(context, fn),
      end: () => span.end(),
    };
  }
}

function fail(span: api.Span, type: string): void {
  span.setAttribute('error.type', type).setStatus({ code: api.SpanStatusCode.ERROR });
}

function known(attributes: SpanAttributes): api.Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
