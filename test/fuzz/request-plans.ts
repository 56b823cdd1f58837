import fc from 'fast-check';
import type { ApiDocument, ApiOperation, Parameter } from './api-description.js';
import { broken, NASTY_TEXTS, RAW_BODIES } from './broken-values.js';
import { somePick } from './field-values.js';
import { meantFor } from './meant-bodies.js';
import type { NamedOperations } from './named-operations.js';
import { Placeholder } from './placeholders.js';
import { ValidValues } from './valid-values.js';

export const ACTORS = [
  'owner',
  'admin',
  'manager',
  'member',
  'viewer',
  'neighbour',
  'platform inside',
  'platform outside',
  'API key',
  'limited API key',
  'nobody',
  'nobody who names a tenant',
  'forger',
] as const;
export type ActorName = (typeof ACTORS)[number];

/** A request before it is known which tenants, ids and credentials there are: the same seed gives the same plans. */
export interface RequestPlan {
  operation: ApiOperation;
  actor: ActorName;
  path: Record<string, unknown>;
  /** Names and values; a value that is a `Placeholder` or a scalar is encoded, `raw` stands as it is. */
  query: { name: string; value: unknown; raw?: string }[];
  headers: Record<string, unknown>;
  body?: { json: unknown } | { text: string | Buffer; headers: Record<string, string> };
  /** Names the tenant in the path: `/api/v1/t/<slug>/…`. */
  tenantInPath: boolean;
}

const always = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);
const rarely = <T>(usual: T, unusual: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: always(usual), weight }, { arbitrary: unusual, weight: 1 });

/** Text as a header may hold it. */
const headerText = fc.constantFrom(
  ...NASTY_TEXTS.filter((value) => /^[\x20-\x7e]+$/.test(value)),
  'x'.repeat(300),
  '"1"',
  'W/"1"',
  '*',
);

const CONDITIONS = fc.oneof(always('*'), always('"nonsense"'), always('W/"1"'), headerText);

/** Headers that any route may get. */
const EXTRA_HEADERS: Record<string, fc.Arbitrary<unknown>> = {
  'if-none-match': CONDITIONS,
  'x-request-id': headerText,
  'x-tenant-id': fc.oneof(
    always(new Placeholder('tenant id')),
    always(new Placeholder('other tenant id')),
    fc.uuid(),
    headerText,
  ),
  'x-tenant-slug': fc.oneof(
    always(new Placeholder('tenant slug')),
    always(new Placeholder('other tenant slug')),
    headerText,
  ),
  accept: fc.constantFrom('application/xml', 'text/html', '*/*;q=0', 'nonsense'),
  'accept-encoding': fc.constantFrom('gzip', 'br', 'nonsense', 'identity;q=0'),
  'x-forwarded-host': fc.oneof(always(new Placeholder('other tenant slug')), headerText),
  'last-event-id': headerText,
  range: fc.constantFrom('bytes=0-1', 'nonsense'),
};

/** Makes plans for every operation of a document. */
export class RequestPlans {
  readonly #values: ValidValues;

  constructor(
    document: ApiDocument,
    private readonly named: NamedOperations = new Map(),
  ) {
    this.#values = new ValidValues(document);
  }

  /** @returns `count` plans, always the same for the same seed and operation. */
  sample(operation: ApiOperation, count: number, seed: number): RequestPlan[] {
    return fc.sample(this.planOf(operation), { numRuns: count, seed: seed ^ hashOf(operation.id) });
  }

  /** A body that the operation's schema allows. */
  validBody(operation: ApiOperation, seed: number): unknown {
    return operation.body && fc.sample(this.#values.of(operation.body), { numRuns: 1, seed })[0];
  }

  /** Mostly with a name that means something, where the operation has such. */
  planOf(operation: ApiOperation): fc.Arbitrary<RequestPlan> {
    const named = this.named.get(operation.id) ?? [];
    const plan = this.#planOf(operation);
    if (named.length === 0) return plan;
    const withNames = fc.oneof(...named.map((each) => this.#planOf(each)));
    return fc.oneof({ arbitrary: withNames, weight: 4 }, { arbitrary: plan, weight: 1 });
  }

  #planOf(operation: ApiOperation): fc.Arbitrary<RequestPlan> {
    const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
    const inHeader = operation.parameters.filter((parameter) => parameter.in === 'header');
    const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
    return fc.record({
      operation: always(operation),
      actor: actorFor(operation),
      // Keys of one path are mostly those of one thing.
      path: somePick.chain((pick) =>
        fc.record(
          Object.fromEntries(inPath.map((parameter) => [parameter.name, this.#pathValue(operation, parameter, pick)])),
        ),
      ),
      query: fc
        .tuple(...inQuery.map((parameter) => fc.option(this.#queryValue(parameter), { freq: 1 })))
        .chain((values) => withStrays(values.filter((value) => value !== null))),
      headers: fc
        .tuple(this.#declaredHeaders(inHeader), rarely({}, oneOf(EXTRA_HEADERS), 3))
        .map(([declared, extra]) => ({ ...extra, ...declared })),
      body: this.#body(operation),
      tenantInPath: rarely(false, always(true), 12),
    });
  }

  #pathValue(operation: ApiOperation, { name, schema = {} }: Parameter, pick: number): fc.Arbitrary<unknown> {
    const { collection } = operation;
    const isId = schema.format === 'uuid';
    const types = [schema.type].flat();
    const nasty = fc.constantFrom(...NASTY_TEXTS.filter((text) => text !== ''));
    // A number counts something, such as versions: small ones exist.
    if (types.includes('number') || types.includes('integer'))
      return fc.oneof({ arbitrary: fc.constantFrom(1, 1, 1, 2), weight: 8 }, { arbitrary: nasty, weight: 1 });
    // Ids of other things than those of the collection are fields of its items, too.
    const own = always(new Placeholder(isId ? 'own id' : 'own key', collection, name, pick));
    const other = always(new Placeholder(isId ? 'other id' : 'other key', collection, name, pick));
    return fc.oneof(
      { arbitrary: own, weight: 12 },
      { arbitrary: other, weight: 4 },
      { arbitrary: always(new Placeholder('caller id')), weight: 1 },
      { arbitrary: isId ? fc.uuid() : this.#values.of(schema, name), weight: 2 },
      { arbitrary: nasty, weight: 1 },
    );
  }

  #queryValue({ name, schema = {} }: Parameter): fc.Arbitrary<RequestPlan['query'][number]> {
    return fc
      .oneof(
        { arbitrary: this.#values.of(schema, name), weight: 5 },
        { arbitrary: fc.constantFrom(...NASTY_TEXTS), weight: 1 },
      )
      .map((value) => ({ name, value }));
  }

  #declaredHeaders(parameters: Parameter[]): fc.Arbitrary<Record<string, unknown>> {
    const known: Record<string, fc.Arbitrary<unknown>> = {
      'if-match': CONDITIONS,
      'idempotency-key': fc.oneof(fc.uuid(), always('the-same-key'), headerText),
    };
    const values = parameters.map(({ name, schema = {} }): [string, fc.Arbitrary<unknown>] => [
      name.toLowerCase(),
      known[name.toLowerCase()] ?? this.#values.of(schema, name),
    ]);
    return rarely({}, someOf(Object.fromEntries(values)), 2);
  }

  #body(operation: ApiOperation): fc.Arbitrary<RequestPlan['body']> {
    const { body: schema } = operation;
    const raw = fc.constantFrom(...RAW_BODIES);
    if (!schema) return rarely(undefined, raw as fc.Arbitrary<RequestPlan['body']>, 15);
    const values = this.#values.of(schema);
    const valid = values.map((body) => meantFor(operation, body));
    return fc.oneof(
      { arbitrary: valid.map((json) => ({ json })), weight: 8 },
      { arbitrary: broken(valid).map((json) => ({ json })), weight: 5 },
      { arbitrary: raw, weight: 1 },
      { arbitrary: always(undefined), weight: 1 },
    );
  }
}

/** Mostly those who get far: what nobody may do is soon asked enough. */
function actorFor({ path, isPublic }: ApiOperation): fc.Arbitrary<ActorName> {
  const likely: ActorName[] = path.includes('/platform/')
    ? ['platform outside']
    : isPublic
      ? ['nobody', 'nobody who names a tenant']
      : ['owner', 'admin', 'neighbour', 'platform inside', 'API key'];
  return fc.oneof(
    { arbitrary: fc.constantFrom(...likely), weight: 2 },
    { arbitrary: fc.constantFrom(...ACTORS), weight: 1 },
  );
}

/** Now and then parameters that the route does not know, the same one twice, or one that is no text. */
function withStrays(query: RequestPlan['query']): fc.Arbitrary<RequestPlan['query']> {
  const stray = fc.oneof(
    always({ name: 'surprise', value: '1' }),
    always({ name: 'tenantId', value: new Placeholder('other tenant id') }),
    fc
      .constantFrom(
        '%',
        '%zz=1',
        '%ff=%fe',
        'page[]=1',
        'page[a]=b',
        'limit=5&limit=6',
        '__proto__[x]=1',
        '&&==&',
        'page=%00',
      )
      .map((text) => ({ name: '', value: '', raw: text })),
  );
  return rarely(
    query,
    stray.map((item) => [...query, item]),
    6,
  );
}

function someOf(arbitraries: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(arbitraries, { requiredKeys: [], noNullPrototype: true });
}

/** One or two of them. */
function oneOf(arbitraries: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const single = fc.oneof(
    ...Object.entries(arbitraries).map(([name, arbitrary]) => arbitrary.map((value) => ({ [name]: value }))),
  );
  return fc.tuple(single, fc.option(single, { freq: 2 })).map(([first, second]) => ({ ...second, ...first }));
}

function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + character.codePointAt(0)!) | 0;
  return hash;
}
