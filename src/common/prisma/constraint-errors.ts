import type { AppError } from '../errors/app-error.js';
import { violates } from './prisma-errors.js';

type Write = <T>(write: () => Promise<T>) => Promise<T>;

/**
 * Runs writes and throws the module's own error when a constraint is violated: `const orTaken = constraintErrors({
 * labels_tenant_id_name_key: nameTaken })`, then `orTaken(() => this.prisma.label.create(…))`.
 * @param errors by the name of a unique index or foreign key.
 */
export function constraintErrors(errors: Readonly<Record<string, () => AppError>>): Write {
  return async (write) => {
    try {
      return await write();
    } catch (error) {
      const name = Object.keys(errors).find((constraint) => violates(error, constraint));
      throw name === undefined ? error : errors[name]!();
    }
  };
}
