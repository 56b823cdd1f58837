import type { AppError } from '../errors/app-error.js';
import { violates } from './prisma-errors.js';

type Write = <T>(write: () => Promise<T>) => Promise<T>;

/**
 * Runs writes, and throws a module's own error where a constraint refuses one:
 * `const orTaken = constraintErrors({ labels_tenant_id_name_key: nameTaken })`, then `orTaken(() => this.prisma.label.create(…))`.
 * @param errors by the name of a unique index, or of a foreign key.
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
