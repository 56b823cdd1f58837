import type { PermissionDeclaration } from '../identity/permissions.js';
import type { EntityRule, WithheldEntity } from './entity-rules.js';

export type TaskScope = 'tenant' | 'platform';

/** A manifest, and where it is. */
export interface FoundManifest {
  /** For messages: the file to edit. */
  readonly file: string;
  readonly manifest: Manifest;
}

/**
 * What a module declares, as data, in `<module>.manifest.ts`: read when the program starts, and by commands that start nothing. A
 * manifest imports types alone.
 */
export interface Manifest {
  /** By name, such as `label:read`. Every `@Allow` asks for one of them. */
  readonly permissions?: Readonly<Record<string, PermissionDeclaration>>;
  /** What may be done to the rows of the module's models, by the name of the model alone. */
  readonly entities?: Readonly<Record<string, EntityRule | WithheldEntity>>;
  /**
   * Background work, and for whom it is enqueued: by `QueueService` for the current tenant, or by `PlatformQueueService` alone. A name
   * stays valid in databases that have had it, since an older process may still use it.
   */
  readonly tasks?: Readonly<Record<string, TaskScope>>;
}
