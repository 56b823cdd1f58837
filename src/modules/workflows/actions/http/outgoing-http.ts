import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config/config.js';
import { truncate } from '../../../../common/values/text-length.js';
import { ActionError } from '../workflow-action.js';
import { readBody } from './response-body.js';
import { AllowedHosts } from './allowed-hosts.js';
import { HostResolver } from './host-resolver.js';
import { familyOf, isPublicAddress } from './ip-address.js';

export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  /** Keys are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxBytes: number;
  readonly followRedirects: boolean;
  /** Aborts the request in any phase. */
  readonly signal: AbortSignal;
}

export interface IncomingResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

const MAX_REDIRECTS = 5;
const MAX_HEADER_BYTES = 16_384;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Headers that may follow a redirect to another origin, because they cannot contain credentials. */
const HARMLESS_HEADERS = new Set(['accept', 'accept-language', 'content-type', 'idempotency-key', 'user-agent']);
/**
 * Sends requests to the outside that cannot be redirected to internal hosts: each address is checked before connecting,
 * and the connection uses exactly that address.
 */
@Injectable()
export class OutgoingHttp {
  private readonly allowed: AllowedHosts;

  constructor(
    config: Config,
    private readonly resolver: HostResolver,
  ) {
    this.allowed = new AllowedHosts(config.WORKFLOW_HTTP_ALLOWED_HOSTS);
  }

  /**
   * Follows up to five redirects, each checked like the first address.
   * @throws ActionError for a refused address, too many redirects, and a body of more than `maxBytes`, before or after
   * decompression; the signal's reason; network errors unchanged.
   */
  async send(request: OutgoingRequest): Promise<IncomingResponse> {
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const response = await this.sendOnce(current);
      const { location } = response.headers;
      if (!request.followRedirects || !REDIRECTS.has(response.status) || location === undefined) return response;
      if (redirects === MAX_REDIRECTS) {
        throw new ActionError('http.too_many_redirects', `More than ${MAX_REDIRECTS} redirects.`);
      }
      current = redirected(current, response.status, location);
    }
  }

  private async sendOnce(request: OutgoingRequest): Promise<IncomingResponse> {
    const { url, method, body, signal, maxBytes } = request;
    const addresses = await abortable(this.addressesOf(url), signal);
    signal.throwIfAborted();
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
        method,
        headers: { ...request.headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
        // A new connection each time: the address of a reused one was not checked for this request.
        agent: false,
        lookup: pinnedTo(addresses),
        maxHeaderSize: MAX_HEADER_BYTES,
        signal,
      });
      // A connection may close without a response or an error, for example after an unsolicited 101.
      const unanswered = (): void => reject(new Error('The connection was closed without a response.'));
      outgoing.once('response', resolve).once('error', reject).once('close', unanswered).end(body);
    });
    try {
      return {
        url: url.href,
        status: response.statusCode!,
        headers: readableHeaders(response.headers),
        body: method === 'HEAD' ? Buffer.alloc(0) : await readBody(response, maxBytes, signal),
      };
    } finally {
      response.destroy();
    }
  }

  /**
   * @throws ActionError unless all addresses may be accessed. The message only contains the host: the addresses that
   * internal names resolve to must not be disclosed.
   */
  private async addressesOf({ protocol, hostname, port }: URL): Promise<string[]> {
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new ActionError('http.url', `Only http and https: ${truncate(protocol, 20)}`);
    }
    const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
    const literal = hostname.replace(/^\[|\]$/g, '');
    const isAllowed = this.allowed.includesHost(hostname, number);
    if (isIP(literal) !== 0) {
      if (!isAllowed) this.assertReachable(hostname, [literal]);
      return [literal];
    }
    if (isAllowed) return await this.resolver.resolveAllowed(hostname);
    const addresses = await this.resolver.resolvePublic(hostname);
    this.assertReachable(hostname, addresses);
    return addresses;
  }

  private assertReachable(hostname: string, addresses: string[]): void {
    const isReachable = (address: string): boolean => isPublicAddress(address) || this.allowed.includesAddress(address);
    if (addresses.every(isReachable)) return;
    throw new ActionError(
      'http.address_refused',
      `${hostname} is not a public address, and is not in the list of allowed hosts.`,
    );
  }
}

/** Returns a lookup that always yields the checked addresses, so that the name is not resolved again. */
function pinnedTo(addresses: string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: familyOf(address) === 'ipv6' ? 6 : 4 }));
  return (_hostname, { all }, callback) => {
    if (all) callback(null, answers);
    else callback(null, answers[0]!.address, answers[0]!.family);
  };
}

/** Follows the rules of browsers: 303, and 301 and 302 after a POST, continue as GET. */
function redirected(request: OutgoingRequest, status: number, location: string): OutgoingRequest {
  const url = URL.parse(location, request.url.href);
  if (!url) throw new ActionError('http.url', 'The server redirected to an invalid URL.');
  // Credentials in a Location header come from the server and are ignored.
  url.username = '';
  url.password = '';
  const becomesGet = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST';
  const keep = (name: string): boolean =>
    (url.origin === request.url.origin || HARMLESS_HEADERS.has(name)) && !(becomesGet && name === 'content-type');
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => keep(name)));
  return {
    ...request,
    url,
    headers,
    method: becomesGet ? 'GET' : request.method,
    ...(becomesGet && { body: undefined }),
  };
}

/**
 * Node decodes headers as Latin-1; values that are valid UTF-8, such as addresses beyond ASCII, are decoded as UTF-8
 * instead.
 */
function readableHeaders(headers: http.IncomingHttpHeaders): http.IncomingHttpHeaders {
  const readable = (value: string): string => utf8Of(value) ?? value;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(readable) : value && readable(value),
    ]),
  );
}

function utf8Of(latin1: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined; // it is Latin-1
  }
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort!);
  }
}
