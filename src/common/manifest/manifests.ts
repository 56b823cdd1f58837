import { StartupError } from '../errors/startup.error.js';
import type { PermissionDeclaration } from '../identity/permissions.js';
import type { EntityRule, WithheldEntity } from './entity-rules.js';
import type { FoundManifest, Manifest, PlanLimit } from './manifest.js';

type Section = keyof Manifest;

/** The combined declarations of all manifests. */
export class Manifests {
  readonly permissions: Readonly<Record<string, PermissionDeclaration>>;
  readonly entities: ReadonlyMap<string, EntityRule | WithheldEntity>;
  readonly limits: ReadonlyMap<string, PlanLimit>;
  readonly demo: ReadonlyMap<string, readonly object[]>;
  readonly #files = new Map<string, string>();

  /** @throws StartupError listing both files if two manifests declare the same name. */
  constructor(found: readonly FoundManifest[]) {
    this.permissions = Object.assign({}, ...found.map(({ manifest }) => manifest.permissions));
    this.entities = new Map(found.flatMap(({ manifest }) => Object.entries(manifest.entities ?? {})));
    this.limits = new Map(found.flatMap(({ manifest }) => Object.entries(manifest.limits ?? {})));
    this.demo = new Map(found.flatMap(({ manifest }) => Object.entries(manifest.demo ?? {})));
    const problems = found.flatMap(({ file, manifest }) =>
      Object.entries(manifest).flatMap(([section, declared]) =>
        Object.keys(declared as object).flatMap((name) => this.#take(`${section}: ${name}`, file)),
      ),
    );
    if (problems.length > 0) throw new StartupError(problems);
  }

  /** Returns the file of the manifest that declares the name, for messages. */
  fileOf(section: Section, name: string): string {
    return this.#files.get(`${section}: ${name}`) ?? 'src/modules/<module>/<module>.manifest.ts';
  }

  #take(key: string, file: string): string[] {
    const other = this.#files.get(key);
    this.#files.set(key, file);
    return other === undefined ? [] : [`${file} and ${other} both declare ${key}. Remove one of them.`];
  }
}
