import type fc from 'fast-check';
import type { Side } from './fuzz-side.js';

export type Item = Record<string, unknown>;

/** How a tenant is furnished: as its owner, over HTTP, with what came out of it. */
export interface Furnishing {
  /** Paths below `/api/v1`. @returns the answer's body, or an empty object when it was refused. */
  post(path: string, body?: object): Promise<Item>;
  /** Makes something known as the newest item of a collection. */
  add(collection: string, item: Item): void;
  newest(collection: string): Item;
  side: Side;
}

/**
 * What the fuzzer must be told about a module, in `furniture/<module>.ts`: things that have to be made one after the other, and what
 * the description of the API does not say. Most modules need none, because everything else is made from that description alone.
 */
export interface Furniture {
  /** Makes what random bodies hardly ever bring about. Modules are furnished in their order. */
  furnish?(furnishing: Furnishing): Promise<void>;
  /** Once all modules are furnished. @param rows the `rows` of all modules. */
  furnishLast?(furnishing: Furnishing, rows: Record<string, string>): void;
  /** Entities, and the collections that list their rows. */
  rows?: Record<string, string>;
  /** Fields whose meaning their schema does not tell, by name. */
  fields?: [RegExp, fc.Arbitrary<unknown>][];
  /** Ids that are of another collection than their name says: `labelId` is known to be of `/labels`. */
  ids?: [RegExp, string][];
  /** Kinds of tokens that come by mail, and the operations for which they are good. */
  mailedTokens?: Record<string, string>;
}

/** Decisions and tokens are good once, so there are several. */
export const SPARE = 4;
