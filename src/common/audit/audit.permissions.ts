import { definePermissions } from '../auth/permissions.js';

definePermissions({ 'audit:read': ['admin', 'Read and export the audit log'] });
