/** Names and numbers of ours. Never bodies, values of parameters, or secrets. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a span belongs that does not belong to the running one. Without a valid `traceparent` it begins a trace of its own. */
export interface SpanParent {
  readonly traceparent?: string | null;
  readonly tracestate?: string;
  /** Sent by a client, whose sampling flag does not decide. */
  readonly isForeign?: boolean;
}

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'consumer';
  readonly attributes?: SpanAttributes;
  /** The running span, if absent. */
  readonly parent?: SpanParent;
}

export interface Span {
  set(attributes: SpanAttributes): void;
  /** @param type of the error: a code or the name of its class, never its message. */
  fail(type: string): void;
}

/** A span that ends when it is told to. */
export interface OpenSpan extends Span {
  rename(name: string): void;
  /** Runs `fn` with this span as the running one. */
  enter<T>(fn: () => T): T;
  end(): void;
}

/**
 * Spans of OpenTelemetry, and the trace context that goes along with work. The running span follows asynchronous calls.
 * Nothing of it ever throws into, delays or fails the work that is traced.
 */
export abstract class Tracing {
  /** False: all of this does nothing. What would be called for every request or query asks first, once. */
  abstract readonly isOn: boolean;

  abstract open(name: string, options?: SpanOptions): OpenSpan;

  /** Notes something inside the running span that has just ended. Outside of any span it is not noted. */
  abstract note(name: string, durationMs: number, options?: SpanOptions & { errorType?: string }): void;

  /** The running span's context as W3C Trace Context writes it, or undefined. */
  abstract traceparent(): string | undefined;

  /**
   * Runs `work` in a span. What it throws is noted by its type.
   * @param isExpected of an error that is no failure.
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

/** A code of ours or of the system, else the name of the class. */
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

/** What there is while no endpoint is configured: nothing of the SDK of OpenTelemetry is loaded. */
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
