import { truncate } from '../../../../common/values/text-length.js';

const MAX_ID_LENGTH = 100;
/** Leaves room for a numeric suffix. */
const MAX_BASE_LENGTH = 90;

/**
 * Assigns ids to imported nodes. Ids consist of letters, digits, `_` and `-`; other characters become `_`, and a number
 * distinguishes names that become equal. The same name always gets the same id: nodes with duplicate ids stay
 * duplicates, which validation reports.
 */
export class ImportedIds {
  readonly #ids = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** @param names all nodes that will be looked up: names that are valid ids are kept. */
  constructor(names: Iterable<string>) {
    for (const name of names) if (isId(name)) this.#keep(name, name);
  }

  of(name: string): string {
    return this.#ids.get(name) ?? this.#keep(name, this.#free(asId(name)));
  }

  /** Returns a new id that begins like `name`, for a node that does not exist in the other system. */
  more(name: string): string {
    const id = this.#free(asId(name));
    this.#taken.add(id);
    return id;
  }

  #keep(name: string, id: string): string {
    this.#ids.set(name, id);
    this.#taken.add(id);
    return id;
  }

  #free(base: string): string {
    let id = base;
    for (let count = this.#counts.get(base) ?? 1; this.#taken.has(id);) {
      count += 1;
      this.#counts.set(base, count);
      id = `${truncate(base, MAX_BASE_LENGTH)}_${count}`;
    }
    return id;
  }
}

function isId(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,100}$/.test(name) && name !== '__proto__';
}

/** Größe becomes Gro_e: accents are removed, and characters other than A to Z are replaced. */
function asId(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{Mark}/gu, '');
  const id = truncate(plain.replaceAll(/[^A-Za-z0-9_-]+/g, '_'), MAX_ID_LENGTH);
  return /[A-Za-z0-9]/.test(id) ? id : 'node';
}
