import type { Answer, HttpClient, SentRequest } from '../support/http-client.js';
import type { ApiOperation } from './api-description.js';
import { itemsOf, PASSWORD, type Side } from './fuzz-side.js';
import type { Furnishing, Item } from './furniture.js';
import { FURNITURE } from './module-furniture.js';
import { fillIn, type Placeholder } from './placeholders.js';
import type { RequestPlans } from './request-plans.js';

const SOME_SEED = 7;
const ATTEMPTS = 3;

/** Gives tenants something in every collection, over HTTP, as their owners. */
export class Furnisher {
  constructor(
    private readonly client: HttpClient,
    private readonly operations: ApiOperation[],
    private readonly plans: RequestPlans,
  ) {}

  /** @param owner the headers with which the owner's requests are sent. */
  async furnish(side: Side, owner: Record<string, string>, fill: (wanted: Placeholder) => string): Promise<void> {
    const post = async (path: string, body: unknown = {}): Promise<Item> =>
      parsedObject((await this.#send({ method: 'POST', path: `/api/v1${path}` }, owner, body)).text);
    const add = (collection: string, item: Item): void => void itemsOf(side, `/api/v1${collection}`).unshift(item);

    const ofTenants = this.operations.filter(
      ({ path, isPublic }) => !isPublic && !path.includes('/platform/') && !path.includes('{'),
    );
    for (const operation of ofTenants) {
      if (operation.method === 'POST' && operation.body) await this.#make(operation, side, owner, fill);
    }
    for (const operation of ofTenants) {
      if (operation.method === 'GET') await this.#list(operation, side, owner);
    }
    const newest = (collection: string): Item => itemsOf(side, `/api/v1${collection}`)[0] ?? {};
    const furnishing: Furnishing = { post, add, newest, side };
    for (const furniture of FURNITURE) await furniture.furnish?.(furnishing);
    const rows: Record<string, string> = Object.assign({}, ...FURNITURE.map((furniture) => furniture.rows));
    for (const furniture of FURNITURE) furniture.furnishLast?.(furnishing, rows);
    side.apiKeys['API key'] = String((await post('/api-keys', { name: 'all', scopes: [] }))['key']);
    side.apiKeys['limited API key'] = String((await post('/api-keys', { name: 'one', scopes: ['user:read'] }))['key']);
    const identifier = side.signer.username;
    side.refreshToken = await this.signIn('/api/v1/auth/login', { tenant: side.tenant.slug, identifier });
  }

  /** @returns a refresh token. */
  async signIn(path: string, who: object): Promise<string> {
    const { text } = await this.#send({ method: 'POST', path }, {}, { ...who, password: PASSWORD });
    return String(parsedObject(text)['refreshToken']);
  }

  async #make(
    operation: ApiOperation,
    side: Side,
    owner: Record<string, string>,
    fill: (wanted: Placeholder) => string,
  ): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const body = fillIn(this.plans.validBody(operation, SOME_SEED + attempt), fill, side.marker);
      const answer = await this.#send(operation, owner, body);
      learn(operation, side, answer);
      if (answer.status < 300) return;
    }
  }

  async #list(operation: ApiOperation, side: Side, owner: Record<string, string>): Promise<void> {
    const page = parsedObject((await this.#send(operation, owner)).text)['data'];
    if (!Array.isArray(page)) return;
    // Those who act must not be deleted by what others do.
    const actors = [...side.people.values()].map(({ id }) => id);
    itemsOf(side, operation.path).push(...(page as Item[]).filter(({ id }) => !actors.includes(String(id))));
  }

  #send(
    { method, path }: Pick<SentRequest, 'method' | 'path'>,
    headers: Record<string, string>,
    body?: unknown,
  ): Promise<Answer> {
    if (body === undefined) return this.client.send({ method, path, headers });
    const typed = { ...headers, 'content-type': 'application/json' };
    return this.client.send({ method, path, headers: typed, body: JSON.stringify(body) });
  }
}

/** Notes what an answer tells about things that now exist, for later plans. */
export function learn({ method, path, collection }: ApiOperation, side: Side, { status, text }: Answer): void {
  // What is made below a thing is no such thing.
  if (status !== 201 || method !== 'POST' || path !== collection) return;
  const item = parsedObject(text);
  if (typeof item['id'] === 'string') itemsOf(side, collection).unshift(item);
}

function parsedObject(text: string): Item {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Item) : {};
  } catch {
    return {};
  }
}
