import { type Context, ROOT_CONTEXT, type SpanContext, trace, TraceFlags } from '@opentelemetry/api';
import { parseTraceParent, TraceState } from '@opentelemetry/core';
import type { SpanParent } from './tracing.js';

/** Version 00 has 55 characters; later versions may be longer. */
const MAX_TRACEPARENT_LENGTH = 128;
/** Maximum length that W3C Trace Context requires to be propagated; longer values are ignored. */
const MAX_TRACESTATE_LENGTH = 512;

/** Formats a span's context as `traceparent`, version 00. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`;
}

/**
 * Creates the context of a remote parent. Malformed or overlong values are treated as absent.
 * @param sampleForeign decides instead of a client's sampling flag, so that clients can neither enable nor avoid
 * tracing.
 */
export function contextOf({ traceparent, tracestate, isForeign }: SpanParent, sampleForeign: () => boolean): Context {
  if (typeof traceparent !== 'string' || traceparent.length > MAX_TRACEPARENT_LENGTH) return ROOT_CONTEXT;
  const parsed = parseTraceParent(traceparent);
  if (!parsed) return ROOT_CONTEXT;
  const isSampled = isForeign ? sampleForeign() : (parsed.traceFlags & TraceFlags.SAMPLED) !== 0;
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...parsed,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(isTracestate(tracestate) && { traceState: new TraceState(tracestate) }),
  });
}

function isTracestate(tracestate: unknown): tracestate is string {
  return (
    typeof tracestate === 'string' &&
    tracestate.length <= MAX_TRACESTATE_LENGTH &&
    new TraceState(tracestate).serialize() !== ''
  );
}
