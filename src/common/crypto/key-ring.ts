export interface RingKey {
  readonly kid: string;
  readonly key: Buffer;
}

/**
 * Parses a key ring of the form `<kid>:<base64>[,…]`. The first key is for new data, all of them for existing data.
 * @throws Error when two keys share a `kid`.
 */
export function parseKeyRing(value: string): [RingKey, ...RingKey[]] {
  const keys = value.split(',').map((entry) => {
    const separator = entry.indexOf(':');
    return { kid: entry.slice(0, separator), key: Buffer.from(entry.slice(separator + 1), 'base64') };
  });
  const [first, ...others] = keys;
  if (!first) throw new Error('A key ring needs at least one key.');
  const kids = new Set(keys.map(({ kid }) => kid));
  if (kids.size < keys.length) throw new Error('Two keys of a ring have the same kid.');
  return [first, ...others];
}
