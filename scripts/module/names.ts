import { singular } from '../../src/common/http/openapi/operation-names.ts';
import { OperatorError } from '../db/connect.ts';

/** A module's name in all forms in which its files use it. The examples are those of `price-lists`. */
export interface ModuleNames {
  /** `price-lists`: folder, files, path. */
  module: string;
  /** `price-list`: files about a single item. */
  one: string;
  /** `price_lists` */
  table: string;
  /** `price_list`: permissions, events, error codes. */
  noun: string;
  /** `PriceLists`: classes. */
  Models: string;
  /** `PriceList`: the model, and the type of one item. */
  Model: string;
  /** `priceLists` */
  items: string;
  /** `priceList` */
  item: string;
  /** `PRICE_LIST`: constants. */
  CONSTANT: string;
  /** `price lists`, for people. */
  words: string;
  /** `price list` */
  word: string;
}

/** Limited so that the names of constraints (`<table>_tenant_id_<column>_key`) fit into PostgreSQL's 63 bytes. */
export const MAX_NAME_LENGTH = 24;

/** Names with another meaning in the project's conventions, SQL or TypeScript. */
const RESERVED = new Set(
  'types constants interfaces entities dtos utils helpers references tables columns arrays booleans classes dates errors functions maps modules numbers objects promises proxies records requests responses sets strings symbols prismas undefineds'.split(
    ' ',
  ),
);

/** @throws OperatorError if it is not a plural noun in kebab-case, or is reserved. */
export function namesOf(module: string): ModuleNames {
  const shape = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;
  if (!shape.test(module) || module.length > MAX_NAME_LENGTH) {
    throw new OperatorError(
      `"${module}" is not a valid module name: use lower-case words joined by "-", at most ${MAX_NAME_LENGTH} characters, such as price-lists.`,
    );
  }
  const plural = module.split('-');
  const last = plural.at(-1)!;
  if (singular(last) === last) {
    throw new OperatorError(`"${module}" is not a plural noun. Name the module after its resources, such as labels.`);
  }
  if (RESERVED.has(module)) {
    throw new OperatorError(`"${module}" has another meaning in TypeScript, SQL or this project. Choose another name.`);
  }
  const single = [...plural.slice(0, -1), singular(last)];
  return {
    module,
    one: single.join('-'),
    table: plural.join('_'),
    noun: single.join('_'),
    Models: pascal(plural),
    Model: pascal(single),
    items: camel(plural),
    item: camel(single),
    CONSTANT: single.join('_').toUpperCase(),
    words: plural.join(' '),
    word: single.join(' '),
  };
}

/** `firstName` → `['first', 'name']` */
export function wordsOfCamel(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}

/** `a label`, `an invoice` */
export function withArticle(words: string): string {
  return `${/^[aeio]|^u(?!s|ni)/.test(words) ? 'an' : 'a'} ${words}`;
}

export function pascal(words: readonly string[]): string {
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function camel(words: readonly string[]): string {
  const name = pascal(words);
  return name.charAt(0).toLowerCase() + name.slice(1);
}
