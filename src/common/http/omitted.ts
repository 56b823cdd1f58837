import { TextListField } from '../contracts/fields.js';

/** The property that names values too large for a list. */
export const OmittedField = (): PropertyDecorator =>
  TextListField({
    optional: true,
    description:
      'The names of values larger than 16 KiB. They are null in lists, and complete when the entry is requested by its id.',
  });
