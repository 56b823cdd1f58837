import { definePermissions } from '../auth/permissions.js';

definePermissions({ 'audit:read': 'admin' });
