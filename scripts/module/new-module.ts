import type { Field } from './fields.ts';
import type { ModuleNames } from './names.ts';

/** What a new module is made of. */
export interface NewModule {
  names: ModuleNames;
  fields: Field[];
  /** What each belongs to, and is deleted with. */
  parent?: Parent;
}

/** A model of another module, by which rows of the new one are owned. */
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
