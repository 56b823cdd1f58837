import { isUniqueViolation } from '../../common/prisma/prisma-errors.js';
import { domainTaken, nameTaken, slugTaken } from './tenants.errors.js';

/** Turns violations of the registry's unique keys into the module's errors. */
export async function namingConflicts<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error, 'tenants_slug_key') || isUniqueViolation(error, 'tenants_schema_name_key'))
      throw slugTaken();
    if (isUniqueViolation(error, 'tenants_name_key')) throw nameTaken();
    if (isUniqueViolation(error, 'tenants_domain_key')) throw domainTaken();
    throw error;
  }
}
