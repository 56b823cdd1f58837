import { truncate } from '../../../../common/values/text-length.js';

const MAX_ID_LENGTH = 100;
/** Room for the number that tells two apart. */
const MAX_BASE_LENGTH = 90;

/**
 * Ids of imported nodes. One may hold letters, digits, `_` and `-`; everything else becomes `_`, and what becomes equal by that is told
 * apart by a number. The same name always has the same id: two nodes of one id stay two, for the validation to tell.
 */
export class ImportedIds {
  readonly #ids = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** @param names of all nodes that will be asked for: those that are ids already keep theirs. */
  constructor(names: Iterable<string>) {
    for (const name of names) if (isId(name)) this.#keep(name, name);
  }

  of(name: string): string {
    return this.#ids.get(name) ?? this.#keep(name, this.#free(asId(name)));
  }

  /** A new id that begins like `name`, for a node that the other system did not have. */
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

/** Größe becomes Gro_e: accents go, and what is no letter from A to Z is replaced. */
function asId(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{Mark}/gu, '');
  const id = truncate(plain.replaceAll(/[^A-Za-z0-9_-]+/g, '_'), MAX_ID_LENGTH);
  return /[A-Za-z0-9]/.test(id) ? id : 'node';
}
