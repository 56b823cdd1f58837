import type { PermissionDeclaration } from '../identity/permissions.js';
import type { EntityRule, WithheldEntity } from './entity-rules.js';

export type PlanName = 'basic' | 'professional' | 'enterprise' | 'custom';

/** Maximum number of something a tenant may have. A quota of the same name overrides it per tenant. */
export interface PlanLimit {
  /** Per plan, or one number for all; `null` means unlimited. */
  readonly plans: number | Readonly<Record<PlanName, number | null>>;
  /** For the API description. */
  readonly description?: string;
  /** If one user may use a quarter of the limit: the description of that share, which is shown as `<name>PerUser`. */
  readonly perUser?: string;
}

export type TaskScope = 'tenant' | 'platform';

/** A manifest and its location. */
export interface FoundManifest {
  /** The file to edit, for messages. */
  readonly file: string;
  readonly manifest: Manifest;
}

/**
 * A module's declarations, as data, in `<module>.manifest.ts`. Read at startup and by commands that do not start the
 * application, so a manifest imports only types.
 */
export interface Manifest {
  /** By name, such as `label:read`. Every `@Allow` must use a declared one. */
  readonly permissions?: Readonly<Record<string, PermissionDeclaration>>;
  /** Rules of the generic entity API for the module's models, by model name. */
  readonly entities?: Readonly<Record<string, EntityRule | WithheldEntity>>;
  /**
   * Background tasks and their scope: enqueued by `QueueService` for the current tenant, or only by
   * `PlatformQueueService`. A name stays valid in databases that have had it, since an older process may still use it.
   */
  readonly tasks?: Readonly<Record<string, TaskScope>>;
  /** Limits set by plans, by the name used with `PlanLimits`. */
  readonly limits?: Readonly<Record<string, PlanLimit>>;
  /** Kinds of secrets minted by `mintSecret`, in lower case, and the purpose of each. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Initial rows of demo tenants by entity name, created as by a manager's request. */
  readonly demo?: Readonly<Record<string, readonly object[]>>;
}
