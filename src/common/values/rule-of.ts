import { ValidateBy, type ValidationOptions } from 'class-validator';

/**
 * Makes a property rule of class-validator.
 * @param name what the problem's code is made of: `isSlug`.
 * @param problemOf what is wrong with a value, to stand behind the property's name: `must be a slug`; undefined when nothing is.
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
