import { Allow, ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsObject, Max, Min } from 'class-validator';
import { MayBeAbsent } from '../../../../common/contracts/input-rules.js';
import { ruleOf } from '../../../../common/values/rule-of.js';
import { truncate } from '../../../../common/values/text-length.js';
import { ReadAs } from '../action-config.js';

export const MAX_RESPONSE_BYTES = 1_048_576;
const MAX_TIMEOUT_MS = 30_000;
const MAX_HEADERS = 50;
const MAX_HEADER_LENGTH = 8192;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Headers that the connection or the operator determines. */
const OWN_HEADERS =
  /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect|keep-alive|accept-encoding|proxy-.*)$/i;

/** Returns the problem of a map of headers, or undefined. */
function headersProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const entries = Object.entries(value);
  if (entries.length > MAX_HEADERS) return `must not contain more than ${MAX_HEADERS} headers`;
  for (const [name, text] of entries) {
    if (!TOKEN.test(name)) return `holds a name that no header can have: ${truncate(name, 50)}`;
    if (OWN_HEADERS.test(name)) return `must not contain ${name.toLowerCase()}, which is set by the connection`;
    // Latin-1 without control characters: what Node sends, and no way into the next line.
    if (typeof text !== 'string' || text.length > MAX_HEADER_LENGTH || !/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
      return `needs a text of one line for ${name}`;
    }
  }
  return undefined;
}

function urlProblem(value: unknown): string | undefined {
  const url = typeof value === 'string' && value.length <= 2048 ? URL.parse(value) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'must be a URL that starts with http:// or https://';
  return url.username || url.password ? 'must not contain a username or password: use a header' : undefined;
}

const IsRequestUrl = ruleOf('url', urlProblem);
const AreHeaders = ruleOf('headers', headersProblem);

export class HttpRequestConfig {
  @ReadAs((value) => (typeof value === 'string' ? value.toUpperCase() : value))
  @IsIn(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
  method: string = 'GET';

  @IsRequestUrl()
  url!: string;

  /** Encoded and added to the URL's own query. Use it for values from other sources. */
  @MayBeAbsent()
  @IsObject()
  query?: Record<string, unknown>;

  @AreHeaders()
  headers: Record<string, string> = {};

  /** A text is sent unchanged, anything else as JSON. */
  @Allow()
  body?: unknown;

  @IsInt()
  @Min(100)
  @Max(MAX_TIMEOUT_MS)
  timeoutMs: number = 10_000;

  @IsInt()
  @Min(1)
  @Max(MAX_RESPONSE_BYTES)
  maxBytes: number = MAX_RESPONSE_BYTES;

  /** `auto`: parsed if the server declares it as JSON and it is valid. `json`: anything else is a failure. */
  @IsIn(['auto', 'json', 'text'])
  responseType: 'auto' | 'json' | 'text' = 'auto';

  /** Statuses outside 200 to 299 that are not failures. */
  @IsArray()
  @ArrayMaxSize(50)
  @IsInt({ each: true })
  @Min(300, { each: true })
  @Max(599, { each: true })
  acceptStatus: number[] = [];

  @IsBoolean()
  followRedirects: boolean = true;

  /**
   * Sends the trace context (`traceparent`), if there is one. Off by default, because the other side is not trusted.
   */
  @IsBoolean()
  trace: boolean = false;
}
