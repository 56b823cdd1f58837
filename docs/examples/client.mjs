// A small client for the API, without dependencies: for browsers and for Node 20 or newer.
// It shows what docs/for-clients.md tells. Copy it and make it your own.

/** An answer that was no success, with what the problem document says (RFC 9457). */
export class ApiProblem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    /** Stable, for programs: "user.not_found". */
    this.code = problem.code;
    /** For a bug report: the server's log has it, too. */
    this.requestId = problem.requestId;
    /** What is wrong with the input: [{ pointer, detail, code }]. */
    this.errors = problem.errors ?? [];
  }
}

export class TenantryClient {
  #base;
  #tokens = null;
  #refreshing = null;

  /** @param {string} base where the server is, without a slash at the end: "https://api.example.com". */
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
   * Creates something, once, however often the network fails: every attempt has the same key, and the server answers a repetition
   * with the first answer.
   */
  async create(path, body, { key = crypto.randomUUID() } = {}) {
    return this.#json(await this.#request('POST', path, { body, headers: { 'Idempotency-Key': key } }));
  }

  /**
   * Reads, changes and writes; when somebody else has written in between, once more with what they wrote.
   * @param {(current: object) => object} change from what is there to what is to be different.
   */
  async update(path, change) {
    for (let attempt = 1; ; attempt += 1) {
      const read = await this.#request('GET', path);
      const current = await this.#json(read);
      const headers = { 'If-Match': read.headers.get('ETag') };
      const answer = await this.#request('PATCH', path, { body: change(current), headers });
      if (answer.status !== 412 || attempt === 5) return this.#json(answer);
    }
  }

  async remove(path) {
    await this.#json(await this.#request('DELETE', path));
  }

  /** All rows of a list, page by page, whether it counts pages or hands out cursors. */
  async *list(path, query = {}) {
    let next = {};
    do {
      const { data, meta } = await this.get(path, { limit: 100, ...query, ...next });
      yield* data;
      if ('nextCursor' in meta) next = meta.nextCursor === null ? null : { cursor: meta.nextCursor };
      else next = meta.hasNext ? { page: meta.page + 1 } : null;
    } while (next !== null);
  }

  /** The events of a stream, to its end; goes on after the last one when the connection is lost. */
  async *events(path) {
    const headers = { Accept: 'text/event-stream' };
    for (;;) {
      const answer = await this.#request('GET', path, { headers });
      if (answer.status === 204) return;
      if (!answer.ok) await this.#json(answer);
      for await (const event of eventsOf(answer.body)) {
        if (event.id) headers['Last-Event-ID'] = event.id;
        yield event;
      }
      await pause(1000);
    }
  }

  /** With the access token; refreshed once when it has expired, repeated when the server asks to come back. */
  async #request(method, path, options = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const token = this.#tokens?.accessToken;
      const answer = await this.#send(method, path, options, token);
      if (answer.status === 401 && token && attempt === 1) {
        await this.#refresh(token);
        continue;
      }
      const wait = secondsToWait(answer);
      const isRepeatable = method !== 'POST' || options.headers?.['Idempotency-Key'];
      if (wait === null || !isRepeatable || attempt === 5) return answer;
      await answer.body?.cancel();
      await pause(wait * 1000);
    }
  }

  /** One refresh for all requests that find the token expired. */
  async #refresh(expired) {
    if (this.#tokens?.accessToken !== expired) return;
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  async #exchange() {
    const { refreshToken } = this.#tokens;
    const answer = await this.#send('POST', '/auth/refresh', { body: { refreshToken } });
    if (answer.status === 401) this.#tokens = null; // the session is over: sign in again
    this.#tokens = await this.#json(answer);
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

  async #json(answer) {
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    const isProblem = answer.headers.get('Content-Type')?.includes('json');
    throw new ApiProblem(answer.status, isProblem ? await answer.json() : {});
  }
}

/** 429 and 503 say how long to wait; `null` for everything else. */
function secondsToWait(answer) {
  if (answer.status !== 429 && answer.status !== 503) return null;
  return Number(answer.headers.get('Retry-After') ?? 1);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Server-Sent Events: blocks of lines, an empty line behind each. */
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
