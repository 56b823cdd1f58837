/** Only the application's own names and numbers: never bodies, parameter values or secrets. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** The parent of a span, if it is not the running span. Without a valid `traceparent` the span starts a new trace. */
export interface SpanParent {
  readonly traceparent?: string | null;
  readonly tracestate?: string;
  /** Sent by a client, whose sampling flag is ignored. */
  readonly isForeign?: boolean;
}

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'consumer';
  readonly attributes?: SpanAttributes;
  /** Default: the running span. */
  readonly parent?: SpanParent;
}

export interface Span {
  set(attributes: SpanAttributes): void;
  /** @param type of the error: a code or the name of its class, never its message. */
  fail(type: string): void;
}

/** A span that must be ended explicitly. */
export interface OpenSpan extends Span {
  rename(name: string): void;
  /** Runs `fn` with this span as the running one. */
  enter<T>(fn: () => T): T;
  end(): void;
}

/**
 * OpenTelemetry spans, and the trace context propagated with work. The running span follows async calls. Tracing never
 * throws into, delays or fails the traced work.
 */
export abstract class Tracing {
  /** False if every method does nothing. Code that would trace each request or query checks it once, in advance. */
  abstract readonly isOn: boolean;

  abstract open(name: string, options?: SpanOptions): OpenSpan;

  /** Records something inside the running span that has just ended. Ignored outside any span. */
  abstract note(name: string, durationMs: number, options?: SpanOptions & { errorType?: string }): void;

  /** Returns the running span's context in the W3C Trace Context format, or undefined. */
  abstract traceparent(): string | undefined;

  /**
   * Runs `work` in a span and records errors by type.
   * @param isExpected true for errors that are not failures.
   */
  async inSpan<T>(
    name: string,
    options: SpanOptions,
    work: (span: Span) => Promise<T>,
    isExpected: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    const span = this.open(name, options);
    try {
      return await span.enter(() => work(span));
    } catch (error) {
      if (!isExpected(error)) span.fail(typeOf(error));
      throw error;
    } finally {
      span.end();
    }
  }
}

/** Returns the error's code (ours or the system's), or else the name of its class. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' && /^[\w.]{1,100}$/.test(code) ? code : error.name;
}

const NO_SPAN: OpenSpan = {
  set() {},
  fail() {},
  rename() {},
  enter: (fn) => fn(),
  end() {},
};

/** Used if no endpoint is configured, so that the OpenTelemetry SDK is not loaded. */
export class NoTracing extends Tracing {
  readonly isOn = false;

  open(): OpenSpan {
    return NO_SPAN;
  }

  note(): void {}

  traceparent(): undefined {
    return undefined;
  }

  override inSpan<T>(_name: string, _options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
    return work(NO_SPAN);
  }
}
