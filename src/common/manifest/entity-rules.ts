import type { Type } from '@nestjs/common';

export type EntityAction = 'read' | 'create' | 'update' | 'delete';

/**
 * The permission required for each action on the rows of an entity through the generic entity API: `Label: { fields:
 * ['id', 'name'], read: 'label:read' }`. Actions without a permission are denied.
 */
export interface EntityRule extends Partial<Record<EntityAction, string>> {
  /** Readable columns, by Prisma's names. Those of simple types can also be filtered and sorted by. */
  readonly fields: readonly string[];
  /** Columns that are never read or written through the API: hashes, encrypted values. */
  readonly secrets?: readonly string[];
  /** For entities without an `@EntityWriter`: the input classes of direct writes to the table. */
  readonly direct?: { readonly create?: Type<object>; readonly update?: Type<object> };
  /** True for global tables of the platform role; their permissions belong to platform admins. */
  readonly isPlatform?: boolean;
}

/** An entity that the generic API does not expose, and the reason. */
export interface WithheldEntity {
  readonly withheld: string;
}

export function isWithheld(rule: EntityRule | WithheldEntity): rule is WithheldEntity {
  return 'withheld' in rule;
}
