/** What a plan says of a value that only the world it is carried out in has. */
export type Meaning =
  | 'tenant slug'
  | 'tenant id'
  | 'other tenant slug'
  | 'other tenant id'
  | 'identifier'
  | 'password'
  | 'refresh token'
  | 'other refresh token'
  | 'forged token'
  | 'platform email'
  | 'platform refresh token'
  | 'own id'
  | 'other id'
  | 'own key'
  | 'other key'
  | 'caller id';

/**
 * A value to be filled in. `collection` is the path that ids are listed at, `field` the name that the items call it, and `pick`
 * says which of them, counted from the newest.
 */
export class Placeholder {
  constructor(
    readonly meaning: Meaning,
    readonly collection = '',
    readonly field = 'id',
    readonly pick = 0,
  ) {}
}

/** Stands in generated text for a word that only one tenant's data has. */
export const MARKER = 'xmarkerx';

/** The value with everything filled in. */
export function fillIn(value: unknown, fill: (placeholder: Placeholder) => string, marker: string): unknown {
  if (value instanceof Placeholder) return fill(value);
  if (typeof value === 'string') return value.replaceAll(MARKER, marker);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, fill, marker));
  if (typeof value !== 'object' || value === null) return value;
  const filled = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>;
  for (const [key, child] of Object.entries(value)) {
    // A key named __proto__ must stay a key.
    Object.defineProperty(filled, key, {
      value: fillIn(child, fill, marker),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return filled;
}
