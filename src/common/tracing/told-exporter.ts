import { Logger } from '@nestjs/common';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

const LOG_INTERVAL_MS = 60_000;

/**
 * Logs, at most once a minute, that spans cannot be exported. Never logs the endpoint, which may contain credentials.
 */
export class ToldExporter implements SpanExporter {
  readonly #logger = new Logger('Tracing');
  #toldAt = -Infinity;
  #lost = 0;

  constructor(private readonly inner: SpanExporter) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.inner.export(spans, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) this.#tell(spans.length, result.error);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  #tell(count: number, error: Error | undefined): void {
    this.#lost += count;
    const now = performance.now();
    if (now - this.#toldAt < LOG_INTERVAL_MS) return;
    const { code } = (error ?? {}) as { code?: string | number };
    this.#logger.warn({ spans: this.#lost, error: error?.name, code }, 'Failed to export spans.');
    this.#toldAt = now;
    this.#lost = 0;
  }
}
