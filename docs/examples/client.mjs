// A small client for the API, without dependencies: for browsers and for Node 20 or newer.
// It shows what docs/for-clients.md describes. Copy and adapt it.

/** An unsuccessful response, with the contents of its problem document (RFC 9457). */
export class ApiProblem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    /** Stable, for programs, such as "user.not_found". */
    this.code = problem.code;
    /** For bug reports: it identifies the request in the server's log. */
    this.requestId = problem.requestId;
    /** What is wrong with the input: [{ pointer, detail, code }]. */
    this.errors = problem.errors ?? [];
  }
}

export class TenantryClient {
  #base;
  #tokens = null;
  #refreshing = null;

  /** @param {string} base the address of the server without a trailing slash, such as "https://api.example.com". */
  constructor(base) {
    this.#base = `${base}/api/v1`;
  }

  /** @returns the user who is signed in. */
  async signIn(tenant, identifier, password) {
    const { user, ...tokens } = await this.#json(
      await this.#send('POST', '/auth/login', { body: { tenant, identifier, password } }),
    );
    this.#tokens = tokens;
    return user;
  }

  async signOut() {
    const refreshToken = this.#tokens?.refreshToken;
    this.#tokens = null;
    if (refreshToken) await this.#json(await this.#send('POST', '/auth/logout', { body: { refreshToken } }));
  }

  async get(path, query) {
    return this.#json(await this.#request('GET', path, { query }));
  }

  /**
   * Creates something exactly once, however often the network fails: every attempt has the same key, and the server answers a repetition
   * with the first response.
   */
  async create(path, body, { key = crypto.randomUUID() } = {}) {
    return this.#json(await this.#request('POST', path, { body, headers: { 'Idempotency-Key': key } }));
  }

  /**
   * Reads, changes and writes. If somebody else has written in the meantime, it starts again with the new state.
   * @param {(current: object) => object} change receives the current state and returns the fields to change.
   */
  async update(path, change) {
    for (let attempt = 1; ; attempt += 1) {
      const read = await this.#request('GET', path);
      const current = await this.#json(read);
      const headers = { 'If-Match': read.headers.get('ETag') };
      const response = await this.#request('PATCH', path, { body: change(current), headers });
      if (response.status !== 412 || attempt === 5) return this.#json(response);
    }
  }

  async remove(path) {
    await this.#json(await this.#request('DELETE', path));
  }

  /** All rows of a list, page by page, with page numbers or cursors. */
  async *list(path, query = {}) {
    let next = {};
    do {
      const { data, meta } = await this.get(path, { limit: 100, ...query, ...next });
      yield* data;
      if ('nextCursor' in meta) next = meta.nextCursor === null ? null : { cursor: meta.nextCursor };
      else next = meta.hasNext ? { page: meta.page + 1 } : null;
    } while (next !== null);
  }

  /** All events of a stream until it ends. It resumes after the last event when the connection is lost. */
  async *events(path) {
    const headers = { Accept: 'text/event-stream' };
    for (;;) {
      const response = await this.#request('GET', path, { headers });
      if (response.status === 204) return;
      if (!response.ok) await this.#json(response);
      for await (const event of eventsOf(response.body)) {
        if (event.id) headers['Last-Event-ID'] = event.id;
        yield event;
      }
      await pause(1000);
    }
  }

  /** Sends the access token, refreshes it once when it has expired, and repeats the request when the server asks for that. */
  async #request(method, path, options = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const token = this.#tokens?.accessToken;
      const response = await this.#send(method, path, options, token);
      if (response.status === 401 && token && attempt === 1) {
        await this.#refresh(token);
        continue;
      }
      const wait = secondsToWait(response);
      const isRepeatable = method !== 'POST' || options.headers?.['Idempotency-Key'];
      if (wait === null || !isRepeatable || attempt === 5) return response;
      await response.body?.cancel();
      await pause(wait * 1000);
    }
  }

  /** All requests that find the token expired share one refresh. */
  async #refresh(expired) {
    if (this.#tokens?.accessToken !== expired) return;
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  async #exchange() {
    const { refreshToken } = this.#tokens;
    const response = await this.#send('POST', '/auth/refresh', { body: { refreshToken } });
    if (response.status === 401) this.#tokens = null; // the session is over: sign in again
    this.#tokens = await this.#json(response);
  }

  #send(method, path, { query = {}, body, headers = {} } = {}, token) {
    const search = new URLSearchParams(query).toString();
    return fetch(`${this.#base}${path}${search && `?${search}`}`, {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async #json(response) {
    if (response.ok) return response.status === 204 ? null : response.json();
    const isProblem = response.headers.get('Content-Type')?.includes('json');
    throw new ApiProblem(response.status, isProblem ? await response.json() : {});
  }
}

/** How long 429 and 503 ask to wait; `null` for every other status. */
function secondsToWait(response) {
  if (response.status !== 429 && response.status !== 503) return null;
  return Number(response.headers.get('Retry-After') ?? 1);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Server-sent events are blocks of lines, each followed by an empty line. */
async function* eventsOf(body) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).trim()];
        }),
      );
      if (fields.data) yield { id: fields.id, type: fields.event, data: JSON.parse(fields.data) };
    }
  }
}
