import type { Field } from './fields.ts';
import type { ModuleNames } from './names.ts';

/** Describes a new module. */
export interface NewModule {
  names: ModuleNames;
  fields: Field[];
  /** The parent of each row, with which it is deleted. */
  parent?: Parent;
}

/** A model of another module whose rows own those of the new module. */
export interface Parent {
  /** `User` */
  Model: string;
  /** `user` */
  item: string;
  /** `userId` */
  field: string;
  /** `user_id` */
  column: string;
  /** The schema file that holds the model. */
  file: string;
}
