import { definePermissions } from '../../common/identity/permissions.js';

/** The doors alone: behind them every operation and every entity asks for a permission of its own. */
definePermissions({
  'dbal:operations': ['viewer', 'List and run operations, which ask for their own permissions'],
  'dbal:entities': ['viewer', 'Read and write entities by name, by the rules of each'],
});
