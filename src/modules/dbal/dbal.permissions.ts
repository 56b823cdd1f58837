import { definePermissions } from '../../common/auth/permissions.js';

/** The doors alone: behind them every operation and every entity asks for a permission of its own. */
definePermissions({ 'dbal:operations': 'viewer', 'dbal:entities': 'viewer' });
