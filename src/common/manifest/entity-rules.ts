import type { Type } from '@nestjs/common';

export type EntityAction = 'read' | 'create' | 'update' | 'delete';

/**
 * What may be done to the rows of an entity by its name alone, a permission for each action:
 * `Label: { fields: ['id', 'name'], read: 'label:read' }`. What a rule does not say is denied.
 */
export interface EntityRule extends Partial<Record<EntityAction, string>> {
  /** The columns that are shown, in Prisma's names. Those of simple types can be filtered and sorted by, too. */
  readonly fields: readonly string[];
  /** Columns that never leave and are never written: hashes, sealed values. */
  readonly secrets?: readonly string[];
  /** For entities without an `@EntityWriter`: the classes of what may be written straight into the table. */
  readonly direct?: { readonly create?: Type<object>; readonly update?: Type<object> };
  /** Global tables of the platform role; their permissions are held by platform admins. */
  readonly isPlatform?: boolean;
}

/** An entity that is none of anybody's business here, and why. */
export interface WithheldEntity {
  readonly withheld: string;
}

export function isWithheld(rule: EntityRule | WithheldEntity): rule is WithheldEntity {
  return 'withheld' in rule;
}
