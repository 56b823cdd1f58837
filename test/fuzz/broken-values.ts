import fc from 'fast-check';
import { Placeholder } from './placeholders.js';

const deep = (levels: number): unknown => {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level += 1) value = level % 2 ? { a: value } : [value];
  return value;
};

const withOwnKey = (key: string, value: unknown): object =>
  Object.defineProperty({}, key, { value, enumerable: true, writable: true, configurable: true });

/** Text that has broken programs before. */
export const NASTY_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00x',
  '\u202egnp.exe',
  '\ufeff',
  '🏳️‍🌈'.repeat(20),
  'İIıi',
  'ß'.repeat(50),
  `' OR '1'='1`,
  `'; SELECT app.enter_tenant('x'); --`,
  `$1`,
  '%',
  '%s%n%x',
  '\\',
  '${7*7}{{7*7}}',
  '../../../etc/passwd',
  '<script>alert(1)</script>',
  'a\r\nX-Injected: 1',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '0x10',
  '9007199254740993',
  '99999999999999999999999',
  '2026-02-30T25:61:61Z',
  '0000-00-00',
  '+275760-09-13T00:00:00.001Z',
  '2030-W05',
  '2030-031T12:00:00Z',
  '2030-02-30T00:00:00Z',
  '2030-01-31T12:00:00',
  '2016-12-31T23:59:60Z',
  '9999-12-31T23:59:59-12:00',
  '0001-01-01T00:00:00+12:00',
  '0000-01-01T00:00:00Z',
  ...['❤️', '👩‍🚀', '\u{1F600}', 'e\u0301', '\u{10400}'].flatMap((unit) =>
    [50, 64, 100, 128, 255, 256].map((times) => unit.repeat(times)),
  ),
  `${'x'.repeat(254)}\u{1F600}`,
  'two\u2028lines',
  'two\u0085lines',
  '"ada lovelace"@example.com',
  'josé@bu\u0308cher.example',
  'ada@xn--bcher-kva.example',
  'ada@ﬁ.example',
  '00000000-0000-0000-0000-000000000000',
  'constructor',
  '__proto__',
  'toString',
  'x'.repeat(1001),
];

export const NASTY_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  -0,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  [[]],
  [null],
  {},
  { $ne: null },
  { length: 1 },
  withOwnKey('__proto__', { isAdmin: true }),
  withOwnKey('constructor', { prototype: {} }),
  { toString: 'x', valueOf: 1 },
  deep(40),
  deep(300),
  Array.from({ length: 500 }, (_, index) => index),
  Array.from({ length: 20_000 }, () => ({})),
  [[Array.from({ length: 20_000 }, () => ({}))]],
  { data: Array.from({ length: 20_000 }, () => ({ constructor: 1 })) },
  Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key${index}`, index])),
  'x'.repeat(70_000),
  ...NASTY_TEXTS,
];

const nasty = fc.constantFrom(...NASTY_VALUES);
const addedKey = fc.constantFrom(
  'surprise',
  'id',
  'tenantId',
  'tenant_id',
  'version',
  'role',
  'level',
  '__proto__',
  'constructor',
);

type Change = (body: Record<string, unknown>) => unknown;

/** One thing about an object that is changed for the worse. */
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    arbitrary: fc.tuple(fc.nat(), nasty).map(
      ([at, value]): Change =>
        (body) =>
          replaced(body, at, value),
    ),
    weight: 6,
  },
  {
    arbitrary: fc.nat().map(
      (at): Change =>
        (body) =>
          without(body, at),
    ),
    weight: 2,
  },
  {
    arbitrary: fc
      .tuple(addedKey, nasty)
      .map(([key, value]): Change => (body) => ({ ...body, ...withOwnKey(key, value) })),
    weight: 2,
  },
  {
    arbitrary: nasty.map(
      (value): Change =>
        () =>
          value,
    ),
    weight: 1,
  },
);

/** Values near those that are allowed. Many are not allowed any more; which ones is for the schema to say. */
export function broken(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(valid, fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([value, changes]) => changes.reduce((body: unknown, apply) => (isObject(body) ? apply(body) : body), value));
}

/** Bodies that are no JSON, or not announced as such. */
export const RAW_BODIES: readonly { text: string | Buffer; headers: Record<string, string> }[] = [
  { text: '{"a":', headers: { 'content-type': 'application/json' } },
  { text: '', headers: { 'content-type': 'application/json' } },
  { text: ' ', headers: { 'content-type': 'application/json' } },
  { text: 'null', headers: { 'content-type': 'application/json' } },
  { text: '"text"', headers: { 'content-type': 'application/json' } },
  { text: '12', headers: { 'content-type': 'application/json' } },
  { text: '[]', headers: { 'content-type': 'application/json' } },
  { text: '[{}]', headers: { 'content-type': 'application/json' } },
  { text: '\ufeff{}', headers: { 'content-type': 'application/json' } },
  { text: '{"a":1,"a":2}', headers: { 'content-type': 'application/json' } },
  { text: '{"__proto__":{"role":"owner"}}', headers: { 'content-type': 'application/json' } },
  { text: '['.repeat(20_000), headers: { 'content-type': 'application/json' } },
  { text: `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, headers: { 'content-type': 'application/json' } },
  {
    text: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    headers: { 'content-type': 'application/json' },
  },
  { text: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } },
  { text: '{}', headers: { 'content-type': 'application/json; charset=nonsense' } },
  { text: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
  { text: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'nonsense' } },
  { text: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  { text: '--x\r\n\r\n--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
  { text: 'text', headers: { 'content-type': 'text/plain' } },
  { text: '{"name":1e400}', headers: { 'content-type': 'application/json' } },
  { text: '{"input":[-1e999,12345678901234567890]}', headers: { 'content-type': 'application/json' } },
  { text: '{"toString":1,"then":{},"hasOwnProperty":[]}', headers: { 'content-type': 'application/json' } },
  { text: `[${Array(300_000).fill('{}').join()}]`, headers: { 'content-type': 'application/json' } },
  { text: `{"nodes":[${Array(150_000).fill('{}').join()}]}`, headers: { 'content-type': 'application/json' } },
  { text: '{}', headers: { 'content-type': 'text/json; charset=utf8' } },
  { text: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'constructor' } },
  { text: '{}', headers: { 'content-type': 'nonsense' } },
  { text: '{}', headers: {} },
  { text: JSON.stringify({ a: 'x'.repeat(1_100_000) }), headers: { 'content-type': 'application/json' } },
];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Placeholder);
}

/** Half of the time what is changed lies deeper. */
function replaced(body: Record<string, unknown>, at: number, value: unknown): unknown {
  const key = keyAt(body, at) ?? 'surprise';
  const child = body[key];
  const inner = Array.isArray(child) ? (child as unknown[])[0] : child;
  if (at % 2 === 0 || !isObject(inner)) return { ...body, [key]: value };
  const changed = replaced(inner, Math.floor(at / 2), value);
  return { ...body, [key]: Array.isArray(child) ? [changed, ...(child as unknown[]).slice(1)] : changed };
}

function without(body: Record<string, unknown>, at: number): unknown {
  const { [keyAt(body, at) ?? '']: _gone, ...rest } = body;
  return rest;
}

function keyAt(body: Record<string, unknown>, at: number): string | undefined {
  const keys = Object.keys(body);
  return keys[at % keys.length];
}
