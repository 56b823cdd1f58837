import { constraintErrors } from '../../common/prisma/constraint-errors.js';
import { domainTaken, nameTaken, slugTaken } from './tenants.errors.js';

/** Maps violations of the registry's unique keys to the module's errors. */
export const namingConflicts = constraintErrors({
  tenants_slug_key: slugTaken,
  tenants_schema_name_key: slugTaken,
  tenants_name_key: nameTaken,
  tenants_domain_key: domainTaken,
});
