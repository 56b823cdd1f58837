import { type InexactNumber, InexactNumbersError, parseExactJson } from '../../../../common/json/exact-json.js';
import { Tracing } from '../../../../common/tracing/tracing.js';
import { truncate } from '../../../../common/values/text-length.js';
import { parseHttpDate } from '../../../../common/values/timestamps.js';
import type { InputProblem } from '../../../../common/errors/app-error.js';
import { configOf, configProblems } from '../action-config.js';
import {
  Action,
  type ActionContext,
  ActionError,
  type ActionOutcome,
  type WorkflowAction,
} from '../workflow-action.js';
import { HttpRequestConfig } from './http-request.config.js';
import { type IncomingResponse, OutgoingHttp } from './outgoing-http.js';
import { READABLE_ENCODINGS, UnreadableAnswerError } from './response-body.js';
import { databaseClock } from '../../../../common/time/database-clock.js';

type RawConfig = Readonly<Record<string, unknown>>;

const SHOWN_LENGTH = 2000;
/** Request Timeout, Too Early and Too Many Requests. A retry would not change the result of any other 4xx. */
const RETRYABLE_STATUSES = new Set([408, 425, 429]);

/** Sends an HTTP request. Output: `{status, headers, body, url}`. */
@Action('http.request')
export class HttpRequestAction implements WorkflowAction {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly tracing: Tracing,
  ) {}

  validate(config: RawConfig): InputProblem[] {
    return [...configProblems(HttpRequestConfig, config), ...bodyProblems(config)];
  }

  async run(raw: RawConfig, _input: unknown, context: ActionContext): Promise<ActionOutcome> {
    const config = configOf(HttpRequestConfig, raw);
    const deadline = AbortSignal.timeout(config.timeoutMs);
    const response = await this.traced(config, context, deadline).catch((error: unknown) => {
      throw failureOf(error, config, context.signal, deadline);
    });
    const isAccepted =
      (response.status >= 200 && response.status < 300) || config.acceptStatus.includes(response.status);
    context.log(`${config.method} ${new URL(response.url).origin}: ${response.status}, ${response.body.length} bytes`);
    if (!isAccepted) throw refusalOf(response);
    const { url, status, headers } = response;
    return { kind: 'done', output: { status, headers, body: bodyOf(response, config.responseType), url } };
  }

  /** Errors contain the address without path and query, which may contain secrets. */
  private traced(config: HttpRequestConfig, context: ActionContext, deadline: AbortSignal): Promise<IncomingResponse> {
    const { hostname, port } = new URL(config.url);
    const attributes = {
      'http.request.method': config.method,
      'server.address': hostname,
      'server.port': port === '' ? undefined : Number(port),
    };
    return this.tracing.inSpan('http.request', { kind: 'client', attributes }, async (span) => {
      const response = await this.send(config, context, deadline);
      span.set({ 'http.response.status_code': response.status });
      return response;
    });
  }

  private async send(
    config: HttpRequestConfig,
    context: ActionContext,
    deadline: AbortSignal,
  ): Promise<IncomingResponse> {
    const { method, maxBytes, followRedirects } = config;
    const body = takesBody(method) ? textOf(config.body) : undefined;
    const traceparent = config.trace ? this.tracing.traceparent() : undefined;
    if (!takesBody(method) && isGiven(config.body))
      context.log(`${method} requests have no body: the configured body was not sent.`);
    return await this.http.send({
      method,
      url: urlOf(config),
      headers: {
        accept: 'application/json, text/*;q=0.9, */*;q=0.8',
        'user-agent': 'Tenantry',
        'accept-encoding': READABLE_ENCODINGS,
        ...(body !== undefined && { 'content-type': typeOf(config.body) }),
        'idempotency-key': context.idempotencyKey,
        ...(traceparent !== undefined && { traceparent }),
        ...Object.fromEntries(Object.entries(config.headers).map(([name, value]) => [name.toLowerCase(), value])),
      },
      ...(body !== undefined && { body }),
      maxBytes,
      followRedirects,
      signal: AbortSignal.any([context.signal, deadline]),
    });
  }
}

function takesBody(method: unknown): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

function isGiven(body: unknown): boolean {
  return body !== undefined && body !== null;
}

/** Checked when the workflow is saved; a run of an older definition sends the request without the body. */
function bodyProblems({ method = 'GET', body }: RawConfig): InputProblem[] {
  const known = typeof method === 'string' ? method.toUpperCase() : method;
  if (takesBody(known) || !isGiven(body)) return [];
  const detail = `${String(known)} requests have no body: use POST, PUT or PATCH, or put the values into query.`;
  return [{ pointer: '/body', code: 'body_not_allowed', detail }];
}

function urlOf({ url, query = {} }: HttpRequestConfig): URL {
  const complete = new URL(url);
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (item !== null && item !== undefined) complete.searchParams.append(name, textOf(item)!);
    }
  }
  return complete;
}

function textOf(body: unknown): string | undefined {
  return typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
}

function typeOf(body: unknown): string {
  return typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
}

function bodyOf({ headers, body }: IncomingResponse, type: HttpRequestConfig['responseType']): unknown {
  if (body.length === 0 && type !== 'json') return null;
  const contentType = headers['content-type'] ?? '';
  const text = decoded(body, /charset="?([\w-]+)/i.exec(contentType)?.[1]);
  const isDeclaredJson = /^\s*application\/([\w.-]+\+)?json\b/i.test(contentType);
  if (type === 'text' || (type === 'auto' && !isDeclaredJson)) return text;
  try {
    // Integers that a double cannot represent become texts; see docs/workflows.md.
    return parseExactJson(text, 'as-text');
  } catch (error) {
    if (error instanceof InexactNumbersError) {
      const [{ pointer, detail }] = error.numbers as [InexactNumber];
      throw new ActionError('http.number_range', `The answer holds a number at ${pointer}: ${detail}`, false);
    }
    if (!(error instanceof SyntaxError)) throw error;
    if (type === 'auto') return text;
    throw new ActionError('http.invalid_json', 'The response is not valid JSON.', false, {
      body: truncate(text, SHOWN_LENGTH),
    });
  }
}

/** Replaces NUL, which cannot be stored. An unknown encoding is treated as UTF-8. */
function decoded(body: Buffer, charset = 'utf-8'): string {
  return decoderFor(charset).decode(body).replaceAll('\0', '\uFFFD');
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/**
 * Parses Retry-After (RFC 9110, 10.2.3), which is a number of seconds or a date. Returns undefined for anything else.
 */
function retryAfterMsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = parseHttpDate(header);
  return at && Math.max(0, at.getTime() - databaseClock.nowMs());
}

function refusalOf({ status, headers, body }: IncomingResponse): ActionError {
  const shown = truncate(decoded(body), SHOWN_LENGTH);
  const retryAfter = headers['retry-after'];
  return new ActionError(
    'http.status',
    `The server responded with ${status}.`,
    status >= 500 || RETRYABLE_STATUSES.has(status),
    {
      status,
      body: shown,
      ...(retryAfter !== undefined && { retryAfter }),
    },
    retryAfterMsOf(retryAfter),
  );
}

function failureOf(error: unknown, config: HttpRequestConfig, cancelled: AbortSignal, deadline: AbortSignal): unknown {
  if (cancelled.aborted) return cancelled.reason;
  if (deadline.aborted) {
    const isUnanswered = !(error instanceof UnreadableAnswerError);
    return new ActionError('http.timeout', `No complete response within ${config.timeoutMs} ms.`, isUnanswered);
  }
  if (error instanceof ActionError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new ActionError('http.failed', `The server could not be reached${code ? ` (${code})` : ''}.`, true);
}
