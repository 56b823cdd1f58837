import { ValidateBy, type ValidationOptions } from 'class-validator';

/**
 * Creates a property rule for class-validator.
 * @param name from which the problem's code is derived: `isSlug`.
 * @param problemOf returns the problem of a value, worded to follow the property's name (`must be a slug`), or
 * undefined.
 */
export const ruleOf =
  (name: string, problemOf: (value: unknown) => string | undefined) =>
  (options?: ValidationOptions): PropertyDecorator =>
    ValidateBy(
      {
        name,
        validator: {
          validate: (value) => problemOf(value) === undefined,
          defaultMessage: (given) => `${given?.property} ${problemOf(given?.value)}`,
        },
      },
      options,
    );
