import type { PermissionDeclaration } from '../identity/permissions.js';
import type { EntityRule, WithheldEntity } from './entity-rules.js';

export type PlanName = 'basic' | 'professional' | 'enterprise' | 'custom';

/** How many of something a tenant may have; the quota of a tenant overrides it by the same name. */
export interface PlanLimit {
  /** By plan, or alike for all; `null` is unlimited. */
  readonly plans: number | Readonly<Record<PlanName, number | null>>;
  /** For people who read the API description. */
  readonly description?: string;
  /** Where one user may have a quarter of it: the description of that share, which is shown as `<name>PerUser`. */
  readonly perUser?: string;
}

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
  /** What plans limit, by the name that `PlanLimits` is asked for. */
  readonly limits?: Readonly<Record<string, PlanLimit>>;
  /** Kinds of secrets that `mintSecret` makes, in small letters, and what each is good for. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Rows with which tenants of the demo begin, by the name of the entity, as a manager's request would create them. */
  readonly demo?: Readonly<Record<string, readonly object[]>>;
}
